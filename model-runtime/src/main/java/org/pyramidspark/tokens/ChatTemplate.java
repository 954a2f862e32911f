package org.pyramidspark.tokens;

import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * A model's chat template: Jinja by Hugging Face's conventions ({@code messages}, {@code
 * add_generation_prompt}, {@code bos_token}, {@code eos_token}, {@code raise_exception}; blocks
 * trimmed), rendered in a sandbox. A template comes with a model file and may be hostile, so it
 * reaches no Java, loads nothing, and its output, depth and time are bounded. There is no {@code
 * strftime_now}: a prompt does not depend on the day. Conditions and {@code else} of loops, steps
 * of slices, and texts times numbers are refused; truth values print in lower case. Thread-safe.
 */
final class ChatTemplate {
  private static final Duration MAX_TIME = Duration.ofSeconds(5);

  private final String source;
  private final Map<String, Object> bindings;
  private final TemplateEngine engine = TemplateEngine.create();

  /** Set once a rendering took all time or memory, so that not every row tries again. */
  private volatile boolean unsound;

  /**
   * @param bosText spelling of the start token, as {@code bos_token}
   * @param eosText spelling of the end token, as {@code eos_token}
   */
  ChatTemplate(String source, String bosText, String eosText) {
    // As Jinja does, unless told otherwise.
    this.source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    this.bindings =
        Map.of("bos_token", bosText, "eos_token", eosText, "add_generation_prompt", true);
  }

  /**
   * The conversation as one text, with the opening of the model's answer at its end.
   *
   * @throws InvalidInputException if the template is broken, too slow or too long, or refuses the
   *     conversation
   */
  String render(List<Message> messages) {
    if (unsound) {
      throw broken("an earlier row showed that it takes too much time or memory");
    }
    Map<String, Object> context = new HashMap<>(bindings);
    context.put("messages", messages.stream().map(ChatTemplate::turn).toList());
    FutureTask<RenderResult> rendering =
        new FutureTask<>(() -> engine.renderForResult(source, context));
    // Its own thread: an expression may run for long between two tags, where it cannot be stopped.
    Thread.ofPlatform().daemon().name("chat-template").start(rendering);
    return text(await(rendering));
  }

  private static Map<String, Object> turn(Message message) {
    Map<String, Object> turn = new LinkedHashMap<>();
    turn.put("role", message.role());
    turn.put("content", message.content());
    return turn;
  }

  private RenderResult await(FutureTask<RenderResult> rendering) {
    try {
      return rendering.get(MAX_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      unsound = true;
      throw broken("it takes longer than " + MAX_TIME.toSeconds() + " s");
    } catch (ExecutionException error) {
      unsound = error.getCause() instanceof Error;
      throw broken(String.valueOf(error.getCause()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    } finally {
      rendering.cancel(true);
    }
  }

  private static String text(RenderResult result) {
    for (TemplateError error : result.getErrors()) {
      // Jinjava only warns of some syntax errors and then prints the source.
      if (error.getSeverity() == TemplateError.ErrorType.FATAL
          || error.getReason() == TemplateError.ErrorReason.SYNTAX_ERROR) {
        throw refused(error).orElseGet(() -> broken(line(error) + error.getMessage()));
      }
    }
    return result.getOutput();
  }

  private static String line(TemplateError error) {
    return error.getLineno() > 0 ? "line " + error.getLineno() + ": " : "";
  }

  private static Optional<InvalidInputException> refused(TemplateError error) {
    return Stream.<Throwable>iterate(error.getException(), Objects::nonNull, Throwable::getCause)
        .filter(TemplateEngine.Refusal.class::isInstance)
        .map(
            refusal ->
                InvalidInputException.of(
                    "The model's chat template refuses the conversation (%s); mend the row's"
                        + " 'messages', or give 'prompt' instead.",
                    refusal.getMessage()))
        .findFirst();
  }

  private static InvalidInputException broken(String reason) {
    return InvalidInputException.of(
        "The model's chat template cannot be rendered (%s); use a model with a sound template, or"
            + " rows with 'prompt'.",
        reason.lines().findFirst().orElse("no reason given"));
  }
}
