package org.pyramidspark.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.metrics.ShadedPrompt;
import org.pyramidspark.metrics.ShadedPrompt.Run;

class PromptShadingTest {
  private static final int LAYERS = 4;
  private static final int MOST_TOKENS = 2000;

  @Test
  void neighboursWithEqualShadesAreOneRun() {
    ShadedPrompt prompt = shaded("one two three four", 2, 4, 4, 1, 1, 1, 1, 4, 4, 4);

    assertThat(prompt.beginning())
        .containsExactly(new Run("one ", 4), new Run("two thre", 1), new Run("e four", 4));
    assertThat(prompt.tokensLeftOut()).isZero();
    assertThat(prompt.end()).isEmpty();
  }

  /** Tokens of one to five bytes end anywhere in characters of one to four bytes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void charactersOfSeveralTokensStayWhole(int bytesOfAToken) {
    String text = "a é € 😀 naïve 漢字 \uD83D\uDC69\u200D\uD83D\uDD2C end é";
    double[] layers = IntStream.range(0, 80).mapToDouble(i -> i % 3).toArray();

    assertThat(text(shaded(text, bytesOfAToken, layers).beginning())).isEqualTo(text);
  }

  @Test
  void brokenTextStaysReadable() {
    byte[][] tokens = {{'a', (byte) 0xE2}, {'b'}, {(byte) 0xF0, (byte) 0x9F}};
    ShadedPrompt prompt =
        new PromptShading(token -> tokens[token], LAYERS, MOST_TOKENS)
            .of(new int[] {0, 1, 2}, new double[] {1, 2, 3});

    assertThat(text(prompt.beginning())).isEqualTo("a\uFFFDb\uFFFD");
  }

  @Test
  void theMiddleOfALongPromptIsLeftOut() {
    int length = 9000;
    int[] tokens = IntStream.range(0, length).toArray();
    double[] layers = IntStream.range(0, length).mapToDouble(i -> i * LAYERS / length).toArray();
    ShadedPrompt prompt =
        new PromptShading(
                token -> (token + " ").getBytes(StandardCharsets.UTF_8), LAYERS, MOST_TOKENS)
            .of(tokens, layers);

    assertThat(words(prompt.beginning())).isEqualTo(IntStream.range(0, 1500).boxed().toList());
    assertThat(words(prompt.end()))
        .isEqualTo(IntStream.range(length - 500, length).boxed().toList());
    assertThat(prompt.tokensLeftOut()).isEqualTo(length - MOST_TOKENS);
    assertThat(prompt.keptAlong()).hasSize(ShadedPrompt.MOST_PARTS).isSorted();
    assertThat(prompt.keptAlong().getLast()).isEqualTo(0.75);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 119, 120, 121, 500, 2000, 2001})
  void theStripCoversThePromptEvenly(int length) {
    double[] layers = new double[length];
    Arrays.fill(layers, length / 2, length, LAYERS);
    List<Double> along =
        new PromptShading(token -> new byte[] {'x'}, LAYERS, MOST_TOKENS)
            .of(new int[length], layers)
            .keptAlong();

    assertThat(along).hasSize(Math.min(length, ShadedPrompt.MOST_PARTS));
    assertThat(along.getLast()).isEqualTo(1);
    assertThat(along.getFirst()).isEqualTo(length == 1 ? 1 : 0);
  }

  /** The text in tokens of so many bytes. */
  private static ShadedPrompt shaded(String text, int bytesOfAToken, double... layers) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = (bytes.length + bytesOfAToken - 1) / bytesOfAToken;
    int[] tokens = IntStream.range(0, length).toArray();
    return new PromptShading(
            token ->
                Arrays.copyOfRange(
                    bytes,
                    token * bytesOfAToken,
                    Math.min(bytes.length, (token + 1) * bytesOfAToken)),
            LAYERS,
            MOST_TOKENS)
        .of(tokens, layers);
  }

  private static String text(List<Run> runs) {
    return runs.stream().map(Run::text).collect(Collectors.joining());
  }

  private static List<Integer> words(List<Run> runs) {
    return Stream.of(text(runs).split(" ")).map(Integer::valueOf).toList();
  }
}
