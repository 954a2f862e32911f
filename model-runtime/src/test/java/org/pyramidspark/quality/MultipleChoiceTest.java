package org.pyramidspark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MultipleChoiceTest {
  private final MultipleChoice choice = new MultipleChoice();

  /** Numbers that L-Eval's own evaluation gives for answers written for this project. */
  @ParameterizedTest
  @MethodSource("goldenExamples")
  void scoresAreThoseOfLEvalsEvaluation(JsonNode example) {
    String prediction = example.get("prediction").asText();
    String reference = example.get("reference").asText();
    for (ChoiceRule rule : ChoiceRule.values()) {
      assertThat(choice.score(prediction, reference, rule).orElseThrow())
          .as(rule.label())
          .isEqualTo(example.get(rule.label()).asDouble());
    }
  }

  static Stream<JsonNode> goldenExamples() {
    try (var in = MultipleChoiceTest.class.getResourceAsStream("/golden/choice.json")) {
      return new ObjectMapper().readTree(in).get("examples").valueStream().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aReferenceWithoutALetterIsNotScored() {
    assertThat(choice.score("A", "on foot", ChoiceRule.SINGLE)).isEmpty();
    assertThat(choice.score("A", "", ChoiceRule.MULTIPLE)).isEmpty();
  }

  @Property
  void aListOfTheRightOptionsIsRightAndAPartOfItAQuarter(
      @ForAll @CharRange(from = 'A', to = 'D') @StringLength(min = 1, max = 4) String letters) {
    Set<String> options = new TreeSet<>(letters.chars().mapToObj(Character::toString).toList());
    String reference = String.join("", options);
    String listed = String.join(". one thing\n", options) + ". another";
    assertThat(choice.score(listed, reference, ChoiceRule.MULTIPLE)).hasValue(1);
    assertThat(choice.score(listed.substring(0, 1), reference, ChoiceRule.MULTIPLE))
        .hasValue(options.size() == 1 ? 1 : 0.25);
  }

  @Property
  void everyAnswerIsScored(
      @ForAll @Chars({'A', 'B', 'E', 'x', ' ', '.', ')', '\n', '\u00a0'}) String answer,
      @ForAll ChoiceRule rule) {
    assertThat(choice.score(answer, "AB", rule).orElseThrow()).isIn(0.0, 0.25, 1.0);
  }
}
