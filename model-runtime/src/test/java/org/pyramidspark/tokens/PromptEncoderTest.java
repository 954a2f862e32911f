package org.pyramidspark.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pyramidspark.RealModel;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/** What is cut out of a prompt that is too long, and what never is. */
class PromptEncoderTest {
  private static final String INSTRUCTION = "Summarise the document in one sentence.";
  private static final String DOCUMENT =
      "Anfang é 🙂 "
          + IntStream.range(0, 400)
              .mapToObj(i -> "Line " + i + " says näïve 東京 things 🙂.")
              .collect(Collectors.joining("\n"))
          + " Ende";

  private static Checkpoint checkpoint;
  private static Tokenizer tokenizer;
  private static PromptEncoder encoder;

  @BeforeAll
  static void open() {
    checkpoint = Checkpoint.open(RealModel.path());
    tokenizer = Tokenizer.of(checkpoint.vocabulary());
    encoder = PromptEncoder.of(checkpoint, tokenizer);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
    checkpoint.close();
  }

  private static Prompt document(String text) {
    return new Prompt.Document(text, INSTRUCTION, Optional.empty());
  }

  private static EncodedPrompt whole(Prompt prompt) {
    return encoder.encode(prompt, Integer.MAX_VALUE, Truncation.ERROR);
  }

  @Test
  void aPromptThatFitsIsLeftAlone() {
    EncodedPrompt whole = whole(document(DOCUMENT));
    EncodedPrompt exact =
        encoder.encode(document(DOCUMENT), whole.tokens().length, Truncation.MIDDLE);
    assertThat(exact.truncated()).isFalse();
    assertThat(exact.tokens()).isEqualTo(whole.tokens());
    assertThat(exact.originalTokens()).isEqualTo(whole.tokens().length);
  }

  @ParameterizedTest
  @EnumSource(
      value = Truncation.class,
      names = {"MIDDLE", "HEAD", "TAIL"})
  void onlyTheDocumentIsCutAndOnlyWhereTheRuleSays(Truncation rule) {
    EncodedPrompt whole = whole(document(DOCUMENT));
    String template = tokenizer.decode(whole(document("")).tokens());
    String start = template.substring(0, template.indexOf("\n\n" + INSTRUCTION));
    String end = template.substring(start.length());
    for (int limit = whole.tokens().length - 1; limit > 80; limit -= 389) {
      EncodedPrompt cut = encoder.encode(document(DOCUMENT), limit, rule);
      String text = tokenizer.decode(cut.tokens());
      assertThat(cut.truncated()).isTrue();
      assertThat(cut.originalTokens()).isEqualTo(whole.tokens().length);
      assertThat(cut.tokens().length).isBetween(limit - 8, limit);
      assertThat(text).startsWith(start).endsWith(end).doesNotContain("\uFFFD");
      String kept = text.substring(start.length(), text.length() - end.length());
      assertThat(kept.startsWith("Anfang")).isEqualTo(rule != Truncation.HEAD);
      assertThat(kept.endsWith("Ende")).isEqualTo(rule != Truncation.TAIL);
    }
  }

  @Test
  void whatCannotBeCutIsRefusedWithLengthsAndLimit() {
    assertThatThrownBy(() -> encoder.encode(document(DOCUMENT), 100, Truncation.ERROR))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("limit is 100");
    assertThatThrownBy(() -> encoder.encode(document(DOCUMENT), 10, Truncation.MIDDLE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("never cut")
        .hasMessageContaining("10");
  }

  @Test
  void theLongestMessageOfAChatIsCut() {
    List<Message> messages =
        List.of(
            new Message("system", "Be brief."),
            new Message("user", DOCUMENT),
            new Message("assistant", "I have read it."),
            new Message("user", INSTRUCTION));
    EncodedPrompt cut = encoder.encode(new Prompt.Chat(messages), 300, Truncation.TAIL);
    assertThat(cut.tokens().length).isBetween(292, 300);
    assertThat(tokenizer.decode(cut.tokens()))
        .contains("Be brief.", "Anfang", "I have read it.", INSTRUCTION)
        .doesNotContain("Ende");
  }

  @Test
  void rawTextAndIdsAreCutToTheLimit() {
    EncodedPrompt raw = encoder.encode(new Prompt.RawText(DOCUMENT), 50, Truncation.HEAD);
    assertThat(raw.tokens().length).isBetween(45, 50);
    assertThat(tokenizer.decode(raw.tokens())).endsWith("Ende");
    int[] ids = IntStream.range(100, 200).toArray();
    assertThat(encoder.encode(new Prompt.TokenIds(ids), 10, Truncation.MIDDLE).tokens())
        .isEqualTo(new int[] {100, 101, 102, 103, 104, 195, 196, 197, 198, 199});
  }

  @Test
  void foreignIdsAndRolesAreRefused() {
    assertThatThrownBy(
            () -> encoder.encode(new Prompt.TokenIds(new int[] {1, -3}), 10, Truncation.MIDDLE))
        .hasMessageContaining("-3");
    assertThatThrownBy(() -> whole(new Prompt.Chat(List.of(new Message("<|im_end|>", "x")))))
        .hasMessageContaining("role");
    assertThatThrownBy(() -> whole(new Prompt.Chat(List.of()))).hasMessageContaining("messages");
  }

  @Test
  void aSystemTextReplacesTheTemplatesOwn() {
    int[] tokens =
        whole(new Prompt.Document("Text.", INSTRUCTION, Optional.of("Answer in rhyme."))).tokens();
    assertThat(tokenizer.decode(tokens)).contains("Answer in rhyme.").doesNotContain("SmolLM");
    assertThat(Arrays.stream(tokens).filter(id -> id == 1).count()).isEqualTo(3);
  }
}
