package org.pyramidspark.tokens;

import com.hubspot.jinjava.el.ext.JinjavaBeanELResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.objects.collections.PyList;
import com.hubspot.jinjava.objects.collections.PyMap;
import com.hubspot.jinjava.util.ForLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import jinjava.javax.el.MethodNotFoundException;

/**
 * The attributes and methods that a chat template may use, by an allow list: loop variables,
 * looking things up in maps and lists, and Python's methods of texts. Nothing else of Java can be
 * reached.
 */
final class TemplateSandbox extends JinjavaBeanELResolver {
  private static final Set<String> MAP_METHODS = Set.of("get", "items", "keys", "values");
  private static final Set<String> LIST_METHODS = Set.of("index", "count");
  private static final Set<String> TEST_METHODS = Set.of("evaluate", "evaluateNegated");
  private static final Set<String> LOOP_PROPERTIES =
      Set.of("index", "index0", "revindex", "revindex0", "length", "first", "last", "depth");

  TemplateSandbox() {
    super(true);
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    if (base instanceof ForLoop && LOOP_PROPERTIES.contains(String.valueOf(property))) {
      return super.getValue(context, base, property);
    }
    context.setPropertyResolved(true);
    return null;
  }

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    String name = String.valueOf(method);
    if (base instanceof String text) {
      context.setPropertyResolved(true);
      return call(text, name, positional(arguments));
    }
    boolean allowed =
        switch (base) {
          case null -> false;
          case Filter filter -> name.equals("filter");
          case ExpTest test -> TEST_METHODS.contains(name);
          case PyMap map -> MAP_METHODS.contains(name);
          case PyList list -> LIST_METHODS.contains(name);
          default -> false;
        };
    if (!allowed) {
      throw new MethodNotFoundException("Templates may not call '" + name + "'");
    }
    return super.invoke(context, base, method, types, arguments);
  }

  private static List<Object> positional(Object[] arguments) {
    return arguments == null ? List.of() : Arrays.asList(arguments);
  }

  private static Object call(String text, String method, List<Object> arguments) {
    try {
      Object result = PythonText.call(text, method, arguments);
      return result instanceof List<?> list ? new PyList(new ArrayList<>(list)) : result;
    } catch (IllegalArgumentException error) {
      // Jinjava would take it for a missing method and go on with nothing.
      throw new ELException(error.getMessage(), error);
    }
  }
}
