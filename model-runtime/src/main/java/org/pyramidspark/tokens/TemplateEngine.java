package org.pyramidspark.tokens;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.TruthyTypeConverter;
import com.hubspot.jinjava.el.TypeConvertingMapELResolver;
import com.hubspot.jinjava.el.ext.JinjavaListELResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.loader.ResourceNotFoundException;
import com.hubspot.jinjava.tree.Node;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.ExpressionFactory;

/**
 * Jinjava as chat templates need it: Jinja's own rules where Jinjava's differ, and a sandbox made
 * of allow lists. A render ends at the next tag once its thread is interrupted.
 */
final class TemplateEngine extends Jinjava {
  private static final int MAX_DEPTH = 20;
  private static final int MAX_ITEMS = 1000;
  private static final int MAX_CACHED_EXPRESSIONS = 200;
  private static final Set<String> TAGS =
      Set.of("for", "if", "elif", "else", "set", "macro", "call", "raw", "break", "continue", "do");
  private static final Set<String> FILTERS =
      Set.of(
          "trim",
          "replace",
          "length",
          "count",
          "upper",
          "lower",
          "title",
          "capitalize",
          "default",
          "d",
          "first",
          "last",
          "join",
          "list",
          "map",
          "select",
          "selectattr",
          "reject",
          "rejectattr",
          "string",
          "int",
          "float",
          "bool",
          "abs",
          "safe",
          "tojson",
          "sort",
          "unique",
          "reverse",
          "round");
  private static final Set<String> FUNCTIONS = Set.of(":range", ":namespace", ":raise_exception");

  private final ExpressionFactory expressions =
      new ExpressionFactoryImpl(
          new TreeStore(new TemplateSyntax(), new Cache(MAX_CACHED_EXPRESSIONS)),
          new TruthyTypeConverter());

  private TemplateEngine(JinjavaConfig config) {
    super(config);
    setResourceLocator(
        (name, encoding, interpreter) -> {
          throw new ResourceNotFoundException("templates may not load '" + name + "'");
        });
    registerFunction(
        new ELFunctionDefinition("", "raise_exception", Refusal.class, "refuse", Object.class));
    registerTag(new BoundedSet());
    registerTag(new StrictFor());
    registerFilter(new Trim());
    registerFilter(new Replace());
  }

  static TemplateEngine create() {
    return new TemplateEngine(config());
  }

  @Override
  public ExpressionFactory getExpressionFactory() {
    // Called by the superclass's constructor too, before there is one of ours.
    return expressions == null ? super.getExpressionFactory() : expressions;
  }

  private static JinjavaConfig config() {
    return JinjavaConfig.newBuilder()
        .withTrimBlocks(true)
        .withLstripBlocks(true)
        .withNestedInterpretationEnabled(false)
        .withLegacyOverrides(
            LegacyOverrides.Builder.from(LegacyOverrides.ALL)
                .withWhitespaceRequiredWithinTokens(false)
                .build())
        .withMaxOutputSize(PythonText.MAX_LENGTH)
        .withMaxStringLength(PythonText.MAX_LENGTH)
        .withMaxRenderDepth(MAX_DEPTH)
        .withMaxListSize(MAX_ITEMS)
        .withMaxMapSize(MAX_ITEMS)
        .withRangeLimit(MAX_ITEMS)
        .withEnableRecursiveMacroCalls(false)
        .withElResolver(resolver())
        .withDisabled(disabled())
        .withNodePreProcessor(TemplateEngine::stopIfInterrupted)
        .build();
  }

  private static ELResolver resolver() {
    CompositeELResolver resolver = new CompositeELResolver();
    resolver.add(new JinjavaListELResolver(true));
    resolver.add(new TypeConvertingMapELResolver(true));
    resolver.add(new TemplateSandbox());
    return resolver;
  }

  private static Map<Library, Set<String>> disabled() {
    Context everything = new Context();
    return Map.of(
        Library.TAG, others(everything.getAllTags(), Tag::getName, TAGS),
        Library.FILTER, others(everything.getAllFilters(), Filter::getName, FILTERS),
        Library.FUNCTION,
            others(everything.getAllFunctions(), ELFunctionDefinition::getName, FUNCTIONS));
  }

  private static <T> Set<String> others(
      Collection<T> all, Function<T, String> name, Set<String> allowed) {
    return all.stream()
        .map(name)
        .filter(one -> !allowed.contains(one) && !one.startsWith("end"))
        .collect(Collectors.toSet());
  }

  private static void stopIfInterrupted(Node node, JinjavaInterpreter interpreter) {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterpretException("out of time", node.getLineNumber());
    }
  }

  /**
   * The template refuses the conversation, by {@code raise_exception}. Public, since Jinjava calls
   * it by reflection.
   */
  public static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Refusal(String reason) {
      super(reason);
    }

    public static String refuse(Object reason) {
      throw new Refusal(String.valueOf(reason));
    }
  }

  private static final class Trim implements Filter {
    @Override
    public String getName() {
      return "trim";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
      return PythonText.strip(Objects.toString(value, ""), true, true);
    }
  }

  private static final class Replace implements Filter {
    @Override
    public String getName() {
      return "replace";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
      return PythonText.replace(Objects.toString(value, ""), arguments[0], arguments[1]);
    }
  }
}
