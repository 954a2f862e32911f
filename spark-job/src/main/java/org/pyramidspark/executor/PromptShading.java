package org.pyramidspark.executor;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.pyramidspark.metrics.ShadedPrompt;
import org.pyramidspark.metrics.ShadedPrompt.Run;

/**
 * Makes the text of a prompt, shaded by the layers that kept it.
 *
 * @param bytes the text of a token, in UTF-8; may end within a character
 * @param numLayers layers of the model
 * @param mostTokens how many tokens of a long prompt are shown: three quarters from its beginning,
 *     the others from its end
 */
record PromptShading(IntFunction<byte[]> bytes, int numLayers, int mostTokens) {

  /**
   * @param tokens of the prompt
   * @param layers for each token, how many layers kept it
   */
  ShadedPrompt of(int[] tokens, double[] layers) {
    int length = tokens.length;
    boolean whole = length <= mostTokens;
    int first = mostTokens / 4 * 3;
    int end = whole ? length : first;
    int restart = whole ? length : length - (mostTokens - first);
    return new ShadedPrompt(
        runs(tokens, layers, 0, end),
        restart - end,
        runs(tokens, layers, restart, length),
        keptAlong(layers));
  }

  private List<Run> runs(int[] tokens, double[] layers, int from, int to) {
    RunText text = new RunText();
    for (int i = from; i < to; i++) {
      text.add(bytes.apply(tokens[i]), Math.round(10 * layers[i]) / 10.0);
    }
    return text.end();
  }

  private List<Double> keptAlong(double[] layers) {
    int parts = Math.min(ShadedPrompt.MOST_PARTS, layers.length);
    return IntStream.range(0, parts)
        .mapToObj(
            part -> mean(layers, part * layers.length / parts, (part + 1) * layers.length / parts))
        .toList();
  }

  /** To three digits, which is more than a picture shows. */
  private double mean(double[] layers, int from, int to) {
    double kept = Arrays.stream(layers, from, to).average().orElse(0) / numLayers;
    return Math.round(1000 * kept) / 1000.0;
  }

  /** Joins tokens with equal shades; a character of two tokens has the shade of the second. */
  private static final class RunText {
    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final List<Run> runs = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private byte[] begun = new byte[0];
    private double layers;

    void add(byte[] token, double tokenLayers) {
      String more = decode(token, false);
      if (more.isEmpty()) {
        return;
      }
      if (tokenLayers != layers) {
        endRun();
        layers = tokenLayers;
      }
      text.append(more);
    }

    private String decode(byte[] token, boolean end) {
      ByteBuffer in = ByteBuffer.allocate(begun.length + token.length).put(begun).put(token).flip();
      CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
      decoder.decode(in, out, end);
      begun = Arrays.copyOfRange(in.array(), in.position(), in.limit());
      return out.flip().toString();
    }

    private void endRun() {
      if (!text.isEmpty()) {
        runs.add(new Run(text.toString(), layers));
        text.setLength(0);
      }
    }

    List<Run> end() {
      text.append(decode(new byte[0], true));
      endRun();
      return runs;
    }
  }
}
