package org.pyramidspark.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.errors.InvalidInputException;

/** Every rule of splitting against Hugging Face's tokenizers, and what holds for any text. */
class TokenizerTest {
  private static final Map<String, Tokenizer> TOKENIZERS = new ConcurrentHashMap<>();

  private static Tokenizer tokenizer(String rule) {
    return TOKENIZERS.computeIfAbsent(rule, name -> Tokenizer.of(SmallVocabulary.of(name, false)));
  }

  static Stream<JsonNode> cases() {
    return StreamSupport.stream(
        SmallVocabulary.resource("split-rules.json").get("cases").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void idsAreThoseOfHuggingFace(JsonNode expected) {
    Tokenizer tokenizer = tokenizer(expected.get("rule").asText());
    String text = expected.get("text").asText();
    assertThat(tokenizer.encodeContent(text))
        .isEqualTo(SmallVocabulary.ints(expected.get("as_content")));
    assertThat(tokenizer.encodeTemplate(text))
        .isEqualTo(SmallVocabulary.ints(expected.get("as_template")));
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> piece =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(20),
            Arbitraries.strings().ascii().ofMaxLength(20),
            Arbitraries.of("<|begin|>", "<|end|>", "<think>", "<|", "|>", "\ud83d\ude42", "\r\n"));
    return piece.list().ofMaxSize(5).map(pieces -> String.join("", pieces));
  }

  @Provide
  Arbitrary<String> rules() {
    return Arbitraries.of("gpt-2", "smollm", "llama-bpe");
  }

  @Property(tries = 300)
  void contentComesBackFromItsIds(@ForAll("rules") String rule, @ForAll("texts") String text) {
    Tokenizer tokenizer = tokenizer(rule);
    int[] ids = tokenizer.encodeContent(text);
    assertThat(tokenizer.decode(ids)).isEqualTo(wellFormed(text));
    assertThat(ids)
        .doesNotContain(tokenizer.controlTokens().values().stream().mapToInt(i -> i).toArray());
  }

  /**
   * Of blocks that have had no new combining marks for long: the tokenizer's tables are of an older
   * Unicode than Java's, and marks that it does not know stay where they are.
   */
  @Property(tries = 200)
  void qwen2ComposesCharacters(
      @ForAll
          @StringLength(max = 30)
          @CharRange(from = '\u0000', to = '\u06ff')
          @CharRange(from = '\u0900', to = '\u0aff')
          @CharRange(from = '\u1100', to = '\u11ff')
          @CharRange(from = '\u1e00', to = '\u1fff')
          @CharRange(from = '\u3040', to = '\u30ff')
          String text) {
    Tokenizer tokenizer = tokenizer("qwen2");
    assertThat(tokenizer.decode(tokenizer.encodeContent(text)))
        .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
  }

  /** Tokens lie in the text in order, without gaps where the text is not changed. */
  @Property(tries = 200)
  void placesCoverTheText(@ForAll("texts") String text) {
    TokenizedText tokens = tokenizer("smollm").tokenize(text);
    int at = 0;
    for (int i = 0; i < tokens.numTokens(); i++) {
      assertThat(tokens.starts()[i]).isLessThanOrEqualTo(at);
      assertThat(tokens.ends()[i]).isGreaterThanOrEqualTo(at);
      at = tokens.ends()[i];
    }
    assertThat(at).isEqualTo(text.length());
  }

  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
  }

  @Test
  void bytesSpellTokensAndControlTokensHaveNone() {
    Tokenizer tokenizer = tokenizer("gpt-2");
    int[] ids = tokenizer.encodeTemplate("<|begin|>\u00e9<think>");
    assertThat(tokenizer.bytes(ids[0])).isEmpty();
    assertThat(tokenizer.bytes(ids[ids.length - 1])).asString().isEqualTo("<think>");
    assertThat(tokenizer.decode(ids)).isEqualTo("\u00e9<think>");
    int lead = tokenizer.encodeContent("\u6f22")[0];
    assertThat(tokenizer.decode(new int[] {lead})).isEqualTo("\ufffd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "tekken", ""})
  void anUnknownRuleNamesTheKnownOnes(String rule) {
    assertThatThrownBy(() -> Tokenizer.of(SmallVocabulary.of(rule, false)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'" + rule + "'")
        .hasMessageContaining("gpt-2, smollm, llama-bpe, qwen2");
  }

  @Test
  void longTextIsNeitherCutNorPadded() {
    String text = "xyz ".repeat(30_000);
    assertThat(tokenizer("llama-bpe").decode(tokenizer("llama-bpe").encodeContent(text)))
        .isEqualTo(text);
    assertThat(tokenizer("smollm").encodeContent("7")).hasSize(1);
  }

  @Test
  void threadsMayShareATokenizer() {
    Tokenizer tokenizer = tokenizer("smollm");
    IntStream.range(0, 400)
        .parallel()
        .forEach(
            i -> {
              String text = "row " + i + " says it's " + "x".repeat(i % 17);
              assertThat(tokenizer.decode(tokenizer.encodeContent(text))).isEqualTo(text);
            });
  }
}
