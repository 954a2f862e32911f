package org.pyramidspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.prompts.RowError;

class ShownRowsTest {
  private static final int ROWS = 5000;
  private static final int SHOWN = 7;
  private static final RowSample SAMPLE = RowSample.of(SHOWN, ROWS);
  private static final double[] HASHES = new Random(5).doubles(ROWS).toArray();

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 50, 1000})
  void theRowsWithTheSmallestHashesAreShownHoweverRowsAreSpreadOverTasks(int numTasks) {
    double[] smallest = IntStream.range(0, ROWS).mapToDouble(i -> HASHES[i]).sorted().toArray();
    Gathered gathered = gathered(numTasks);

    assertThat(gathered.rows.examples())
        .extracting(ExampleRow::id)
        .containsExactlyElementsOf(
            IntStream.range(0, SHOWN).mapToObj(i -> "row " + smallest[i]).toList());
    // The others cost nothing: few are looked at more closely than by their hashes.
    assertThat(gathered.wanted).isBetween(SHOWN, 10 * SHOWN);
  }

  private record Gathered(ShownRows rows, int wanted) {}

  private static Gathered gathered(int numTasks) {
    ShownRows all = new ShownRows(SAMPLE);
    int wanted = 0;
    for (int task = 0; task < numTasks; task++) {
      ShownRows rows = new ShownRows(SAMPLE);
      for (int row = task; row < ROWS; row += numTasks) {
        if (rows.wants(HASHES[row])) {
          rows.add(HASHES[row], example("row " + HASHES[row], "text"));
          wanted++;
        }
      }
      rows.ranked().forEach(all::add);
    }
    return new Gathered(all, wanted);
  }

  @Test
  void allRowsOfASmallCorpusAreShownAndNoneIfNoneAreAskedFor() {
    ShownRows all = new ShownRows(RowSample.of(5, 3));
    for (double hash : new double[] {0.999, 0.5, 0}) {
      assertThat(all.wants(hash)).isTrue();
      all.add(hash, example("row", "text"));
    }
    assertThat(all.examples()).hasSize(3);
    assertThat(new ShownRows(RowSample.of(0, 3)).wants(0)).isFalse();
  }

  /** A guard tries any rows: their hashes are as those of others. */
  @Test
  void rowsThatWereTriedComeFirst() {
    ShownRows shown = new ShownRows(SAMPLE);
    for (int row = 0; row < ROWS; row++) {
      boolean tried = row % 1000 == 999;
      double rank = tried ? HASHES[row] - 1 : HASHES[row];
      assertThat(shown.wants(rank)).isIn(tried, true);
      if (shown.wants(rank)) {
        shown.add(rank, example("%s %d".formatted(tried ? "tried" : "other", row), "text"));
      }
    }

    assertThat(shown.examples()).hasSize(SHOWN);
    assertThat(shown.examples().subList(0, 5))
        .extracting(ExampleRow::id)
        .containsExactlyInAnyOrder(
            "tried 999", "tried 1999", "tried 2999", "tried 3999", "tried 4999");
    assertThat(new ShownRows(RowSample.of(0, 3)).wants(-0.5)).isFalse();
  }

  @Test
  void errorRowsAreLimitedByKindAndTheSameInAnyOrder() {
    List<ErrorRow> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(new ErrorRow("%03d".formatted(i), RowError.Kind.NOT_JSON, "broken"));
    }
    rows.add(new ErrorRow("one", RowError.Kind.ENGINE, "x".repeat(10_000)));
    java.util.Collections.shuffle(rows, new Random(1));
    ShownRows shown = new ShownRows(RowSample.of(1, 101));
    rows.forEach(shown::add);

    assertThat(shown.errors())
        .filteredOn(row -> row.kind() == RowError.Kind.NOT_JSON)
        .extracting(ErrorRow::id)
        .containsExactlyElementsOf(
            IntStream.range(0, ShownRows.ERRORS_OF_A_KIND).mapToObj("%03d"::formatted).toList());
    assertThat(shown.errors())
        .filteredOn(row -> row.id().equals("one"))
        .singleElement()
        .satisfies(row -> assertThat(row.reason()).hasSizeLessThan(500).endsWith("…"));
  }

  @Test
  void longTextsAreCutBetweenCharacters() {
    for (int before = 5990; before <= 6000; before++) {
      String text = example("row", "x".repeat(before) + "😀".repeat(20)).texts().getFirst().text();
      assertThat(text).hasSizeBetween(6000, 6001).endsWith("…");
      assertThat(Character.isHighSurrogate(text.charAt(text.length() - 2))).isFalse();
    }
  }

  private static ExampleRow example(String id, String text) {
    ShadedPrompt prompt =
        new ShadedPrompt(List.of(new ShadedPrompt.Run("a", 1)), 0, List.of(), List.of(0.5));
    return new ExampleRow(
        id, "eos", 1, 1, 0.5, 2, prompt, List.of(new NamedText("completion", text)));
  }
}
