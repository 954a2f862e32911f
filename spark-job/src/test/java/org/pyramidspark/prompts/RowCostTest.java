package org.pyramidspark.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.pyramidspark.tokens.Prompt;

class RowCostTest {
  private static final RowCost COST = new RowCost(100, 2000, 3000);

  private static PromptRow row(Prompt prompt, OptionalInt maxNewTokens) {
    return new PromptRow.Valid("id", "place", prompt, Optional.empty(), maxNewTokens);
  }

  private static long cost(Prompt prompt) {
    return COST.of(row(prompt, OptionalInt.empty()), 9);
  }

  @Property
  void textCountsByItsBytes(@ForAll String text) {
    // What is no Unicode is counted, too, but not as UTF-8 writes it.
    String valid = text.replaceAll("[\\x{D800}-\\x{DFFF}]", "?");
    long tokens = Math.ceilDiv(valid.getBytes(StandardCharsets.UTF_8).length, 4);

    assertThat(cost(new Prompt.RawText(valid))).isEqualTo(Math.min(tokens, 2000) + 400);
  }

  @Property
  void promptsAreCutAsTheRunCutsThem(
      @ForAll @IntRange(min = 1, max = 5000) int promptTokens,
      @ForAll @IntRange(min = 1, max = 4000) int newTokens) {
    PromptRow row = row(new Prompt.TokenIds(new int[promptTokens]), OptionalInt.of(newTokens));

    assertThat(COST.of(row, 9))
        .isEqualTo(
            newTokens >= 3000
                ? 1
                : Math.min(promptTokens, Math.min(2000, 3000 - newTokens)) + 4L * newTokens);
  }

  @Test
  void allOfAPromptCounts() {
    Prompt chat =
        new Prompt.Chat(
            List.of(
                new Prompt.Message("system", "x".repeat(40)),
                new Prompt.Message("user", "x".repeat(60))));
    Prompt task = new Prompt.Document("x".repeat(80), "x".repeat(20), Optional.empty());

    assertThat(cost(chat)).isEqualTo(25 + 400);
    assertThat(cost(task)).isEqualTo(25 + 400);
  }

  @Test
  void aRowThatIsOnlyReadCostsItsBytes() {
    PromptRow broken =
        new PromptRow.Invalid(
            "id", Optional.empty(), new RowError(RowError.Kind.NOT_JSON, "a message"));

    assertThat(COST.of(broken, 400)).isEqualTo(101);
    assertThat(
            RowCost.OF_READING.of(row(new Prompt.RawText("x".repeat(400)), OptionalInt.empty()), 9))
        .isEqualTo(100);
  }
}
