package org.pyramidspark.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.pyramidspark.engine.CacheTrace;
import org.pyramidspark.engine.CacheTrace.ScoredToken;
import org.pyramidspark.engine.CacheTrace.Step;
import org.pyramidspark.tokens.Tokenizer;

/**
 * A trace for people in a terminal: the prompt's text shaded by the depth that each token reached,
 * the cache's length by layer, the best next tokens, the continuation. Without colours a token that
 * did not reach the last layer stands as a dot for each character.
 */
final class TraceText {
  /** Grey shades of the 256-colour terminal, from dark to light; white is for the last layer. */
  private static final int[] SHADES = {237, 239, 241, 243, 245, 247, 249, 251};

  private static final String LAST_LAYER = "\u001b[1;97m";
  private static final String RESET = "\u001b[0m";
  private static final int BAR_WIDTH = 50;

  private final CacheTrace trace;
  private final Tokenizer tokenizer;
  private final boolean color;

  TraceText(CacheTrace trace, Tokenizer tokenizer, boolean color) {
    this.trace = trace;
    this.tokenizer = tokenizer;
    this.color = color;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    appendPrompt(out);
    appendLengths(out);
    appendNextTokens(out);
    appendContinuation(out);
    return out.toString();
  }

  private void appendPrompt(StringBuilder out) {
    out.append(
        color
            ? "Prompt (white: kept to the last layer; the darker, the earlier dropped)\n\n"
            : "Prompt (dots: tokens that did not reach the last layer)\n\n");
    int[] dropped = trace.droppedAfterLayer();
    int from = 0;
    while (from < dropped.length) {
      int to = from + 1;
      while (to < dropped.length && shade(dropped[to]) == shade(dropped[from])) {
        to++;
      }
      appendShaded(out, text(Arrays.copyOfRange(trace.promptTokens(), from, to)), dropped[from]);
      from = to;
    }
    out.append("\n\n");
  }

  /** -1 for the last layer, else an index into the shades. */
  private int shade(int droppedAfterLayer) {
    return droppedAfterLayer < 0
        ? -1
        : droppedAfterLayer * SHADES.length / trace.keptPositions().size();
  }

  private void appendShaded(StringBuilder out, String text, int droppedAfterLayer) {
    if (color) {
      int shade = shade(droppedAfterLayer);
      out.append(shade < 0 ? LAST_LAYER : "\u001b[38;5;" + SHADES[shade] + "m")
          .append(text)
          .append(RESET);
    } else {
      out.append(droppedAfterLayer < 0 ? text : text.replaceAll("[^\\s]", "·"));
    }
  }

  /** Control characters of a corpus must not steer the terminal. */
  private String text(int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int token : tokens) {
      bytes.writeBytes(tokenizer.bytes(token));
    }
    return bytes.toString(StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\uFFFD");
  }

  private void appendLengths(StringBuilder out) {
    int prompt = trace.promptTokens().length;
    int[] lengths = trace.prefillKvLengths();
    long total = Arrays.stream(lengths).asLongStream().sum();
    out.append(
        line(
            "KV cache after the prompt: %d of %d entries, %.1f %%",
            total,
            (long) prompt * lengths.length,
            100.0 * total / ((long) prompt * lengths.length)));
    for (int layer = 0; layer < lengths.length; layer++) {
      int width = Math.max(1, Math.round((float) BAR_WIDTH * lengths[layer] / prompt));
      out.append(line("  layer %3d  %6d  %s", layer, lengths[layer], "█".repeat(width)));
    }
    out.append('\n');
  }

  private void appendNextTokens(StringBuilder out) {
    out.append("Best next tokens\n");
    for (ScoredToken scored : trace.topLogits()) {
      String text = text(new int[] {scored.token()}).replace("\n", "\\n");
      out.append(line("  %6d  %9.4f  '%s'", scored.token(), scored.logit(), text));
    }
  }

  private void appendContinuation(StringBuilder out) {
    if (trace.steps().isEmpty()) {
      return;
    }
    int[] tokens = trace.steps().stream().mapToInt(Step::token).toArray();
    int[] lengths = trace.steps().getLast().kvLengths();
    out.append('\n')
        .append(
            line(
                "Continuation of %d tokens; after it the first layer holds %d entries, the last %d",
                tokens.length, lengths[0], lengths[lengths.length - 1]))
        .append('\n')
        .append(text(tokens))
        .append('\n');
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments) + "\n";
  }
}
