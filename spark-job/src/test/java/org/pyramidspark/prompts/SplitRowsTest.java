package org.pyramidspark.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitRowsTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1,1000", "2,1000", "3,1000", "7,1000", "100,1000", "3,1", "3,20", "5,33", "1,34"})
  void everyPromptIsReadOnceHoweverTheCorpusIsSplit(int numSplits, long limit) throws IOException {
    writeCorpus();

    List<String> ids = ids(splits(numSplits, limit));

    assertThat(ids)
        .containsExactlyInAnyOrderElementsOf(expectedIds().stream().limit(limit).toList());
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "8"})
  void splitsAreNeverEmptyAndNeverMoreThanAskedFor(int numSplits) throws IOException {
    writeCorpus();

    List<Split> splits = splits(numSplits, Long.MAX_VALUE);

    assertThat(splits).hasSizeBetween(1, numSplits).allMatch(split -> split.numPrompts() > 0);
    assertThat(splits).extracting(Split::index).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void splitsOfEqualRowsAreEven() throws IOException {
    Files.writeString(folder.resolve("even.jsonl"), "{\"prompt\":\"some text\"}\n".repeat(1000));

    List<Split> splits = splits(4, Long.MAX_VALUE);

    // A split ends with a whole range of at most an eighth of it.
    assertThat(splits).hasSize(4).allMatch(split -> Math.abs(split.numPrompts() - 250) <= 32);
  }

  @Test
  void aSplitThatIsReadHasReadItsBytes() throws IOException {
    writeCorpus();

    for (Split split : splits(3, Long.MAX_VALUE)) {
      try (SplitRows rows = new SplitRows(split, HADOOP)) {
        rows.forEachRemaining(row -> assertThat(rows.readBytes()).isPositive());
        assertThat(rows.readBytes()).isEqualTo(split.workBytes());
      }
    }
  }

  @Test
  void aLimitLeavesBytesOutToo() throws IOException {
    Files.writeString(folder.resolve("even.jsonl"), "{\"prompt\":\"some text\"}\n".repeat(1000));

    List<Split> splits = splits(1, 250);

    assertThat(splits).hasSize(1);
    assertThat(splits.getFirst().workBytes()).isEqualTo(250 * 23);
  }

  @Test
  void aFileThatShrinksWhileItIsReadIsAnErrorAndNotALossOfRows() throws IOException {
    Path file = folder.resolve("a.jsonl");
    Files.writeString(file, "{\"prompt\":\"x\"}\n{\"prompt\":\"y\"}\n");
    List<Split> splits = splits(1, Long.MAX_VALUE);
    Files.writeString(file, "{\"prompt\":\"x\"}\n");

    assertThatThrownBy(() -> ids(splits))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("became shorter");
  }

  /** Blank lines, broken lines, Windows line ends, several instructions, no line end at the end. */
  private void writeCorpus() throws IOException {
    Files.writeString(
        folder.resolve("a.jsonl"),
        "{\"prompt\":\"one\"}\r\n\n   \n{broken\n"
            + "{\"prompt\":\"caf\u00e9\"}\n".repeat(20)
            + "{\"id\":\"mine\",\"prompt\":\"last\"}");
    Files.writeString(
        folder.resolve("b.jsonl"),
        "{\"instructions\":[\"x\",\"y\",\"z\"],\"input\":\"text\"}\n".repeat(4) + "\n\n");
    Files.createFile(folder.resolve("empty.jsonl"));
    Files.writeString(folder.resolve("notes.txt"), "not part of the corpus");
  }

  private static List<String> expectedIds() {
    List<String> ids = new ArrayList<>(List.of("a.jsonl#1", "a.jsonl#4"));
    IntStream.rangeClosed(5, 24).forEach(line -> ids.add("a.jsonl#" + line));
    ids.add("mine");
    for (int line = 1; line <= 4; line++) {
      for (int instruction = 0; instruction < 3; instruction++) {
        ids.add("b.jsonl#%d/%d".formatted(line, instruction));
      }
    }
    return ids;
  }

  private List<Split> splits(int numSplits, long limit) throws IOException {
    List<CorpusFile> files = CorpusFiles.list(folder.toString(), HADOOP);
    long bytes = files.stream().mapToLong(CorpusFile::bytes).sum();
    List<LineRange> ranges = new ArrayList<>();
    for (CorpusFile file : files) {
      int most = SplitPlan.mostRanges((double) file.bytes() / bytes, numSplits);
      ranges.addAll(
          CorpusScan.ranges(
                  file, CorpusFormat.AUTO, RowCost.OF_READING, most, Long.MAX_VALUE, HADOOP)
              .ranges());
    }
    return SplitPlan.plan(SplitPlan.limited(ranges, limit), numSplits);
  }

  private static List<String> ids(List<Split> splits) {
    List<String> ids = new ArrayList<>();
    for (Split split : splits) {
      try (SplitRows rows = new SplitRows(split, HADOOP)) {
        rows.forEachRemaining(row -> ids.add(row.id()));
      }
    }
    return ids;
  }
}
