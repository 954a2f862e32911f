package org.pyramidspark.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.errors.InvalidInputException;

class MetricTest {

  @Test
  void aListIsReadWhateverItsOrder() {
    assertThat(Metric.parse(" f1, rouge,rouge1 "))
        .containsExactly(
            Metric.ROUGE_1, Metric.ROUGE_2, Metric.ROUGE_L, Metric.ROUGE_L_SUM, Metric.F1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "f1,", "bleu", "Rouge1", "f1;exact"})
  void anUnknownNameIsRefusedWithThoseThatAreKnown(String list) {
    assertThatThrownBy(() -> Metric.parse(list))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("rouge1, rouge2, rougeL, rougeLsum, f1, exact, choice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A;C ;B|choice|single",
        "A;BD;B|choice|multiple",
        "A;E;B|rouge1,rouge2,rougeL,rougeLsum,f1,exact|single",
        "in May;A|rouge,f1,exact|single",
        "one two three four five six seven eight nine ten eleven|rouge,f1|single",
      })
  void aTasksReferencesDecideHowItIsScored(String references, String metrics, String rule) {
    ReferenceProfile profile =
        Set.of(references.split(";")).stream()
            .map(ReferenceProfile::of)
            .reduce(ReferenceProfile.NONE, ReferenceProfile::plus);
    assertThat(profile.metrics()).isEqualTo(Metric.parse(metrics));
    assertThat(profile.choiceRule().label()).isEqualTo(rule);
  }

  @Test
  void aRowHasTheScoresThatWereAskedFor() {
    RowScorer scorer = new RowScorer(RougeWords.ASCII);
    Set<Metric> metrics = Metric.parse("rouge2,exact,choice");
    assertThat(scorer.score(metrics, ChoiceRule.SINGLE, "B, the mill", "B"))
        .containsOnlyKeys(Metric.ROUGE_2, Metric.EXACT, Metric.CHOICE)
        .containsEntry(Metric.CHOICE, 1.0);
    assertThat(scorer.score(metrics, ChoiceRule.SINGLE, "the mill", "a mill"))
        .containsOnlyKeys(Metric.ROUGE_2, Metric.EXACT);
  }
}
