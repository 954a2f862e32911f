package org.pyramidspark.tokens;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * A model's chat template: Jinja as Hugging Face writes it, rendered in a sandbox. A template comes with
 * a model file and may be hostile, so it reaches no Java, loads nothing, and its output, depth and time
 * are bounded. Thread-safe.
 */
final class ChatTemplate {
  private static final long MAX_OUTPUT = 1 << 20;
  private static final int MAX_DEPTH = 20;
  private static final int MAX_RANGE = 1000;
  private static final Duration MAX_TIME = Duration.ofSeconds(10);

  private final String source;
  private final Map<String, Object> bindings;
  private final Jinjava jinjava;

  /**
   * @param bosText spelling of the start token, as {@code bos_token}
   * @param eosText spelling of the end token, as {@code eos_token}
   */
  ChatTemplate(String source, String bosText, String eosText) {
    this.source = source;
    this.bindings = Map.of("bos_token", bosText, "eos_token", eosText, "add_generation_prompt", true);
    this.jinjava = new Jinjava(config());
    jinjava
        .getGlobalContext()
        .registerFunction(
            new ELFunctionDefinition(
                "", "raise_exception", TemplateFunctions.class, "raiseException", String.class));
  }

  private static JinjavaConfig config() {
    return JinjavaConfig.newBuilder()
        .withTrimBlocks(true)
        .withLstripBlocks(true)
        .withMaxOutputSize(MAX_OUTPUT)
        .withMaxRenderDepth(MAX_DEPTH)
        .withMaxStringLength(MAX_OUTPUT)
        .withMaxListSize(MAX_RANGE)
        .withMaxMapSize(MAX_RANGE)
        .withRangeLimit(MAX_RANGE)
        .withFailOnUnknownTokens(false)
        .withEnableRecursiveMacroCalls(false)
        .withDisabled(
            Map.of(Library.TAG, Set.of("include", "import", "from", "extends", "block", "cycle")))
        .build();
  }

  /**
   * The conversation as one text, with the opening of the model's answer at its end.
   *
   * @throws InvalidInputException if the template is broken, too slow or too long, or refuses the
   *     conversation
   */
  String render(List<Message> messages) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Message message : messages) {
      Map<String, Object> map = new HashMap<>();
      map.put("role", message.role());
      map.put("content", message.content());
      list.add(map);
    }
    Map<String, Object> context = new HashMap<>(bindings);
    context.put("messages", list);
    FutureTask<RenderResult> rendering =
        new FutureTask<>(() -> jinjava.renderForResult(source, context));
    // A thread that can be left behind: nothing stops a loop within a template from outside.
    Thread.ofPlatform().daemon().name("chat-template").start(rendering);
    return text(await(rendering));
  }

  private static RenderResult await(FutureTask<RenderResult> rendering) {
    try {
      return rendering.get(MAX_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      rendering.cancel(true);
      throw InvalidInputException.of(
          "The model's chat template takes longer than %d s; use a model with a sound template, or rows"
              + " with 'prompt'.",
          MAX_TIME.toSeconds());
    } catch (ExecutionException error) {
      throw broken(String.valueOf(error.getCause().getMessage()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static String text(RenderResult result) {
    for (TemplateError error : result.getErrors()) {
      if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
        throw broken(error.getMessage() + ", line " + error.getLineno());
      }
    }
    return result.getOutput();
  }

  private static InvalidInputException broken(String reason) {
    return InvalidInputException.of(
        "The model's chat template cannot be rendered (%s); use a model with a sound template, or rows"
            + " with 'prompt'.",
        reason.lines().findFirst().orElse("no reason given"));
  }
}
