package org.pyramidspark.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitMarksTest {
  private static final int SPLIT = 7;

  @TempDir java.nio.file.Path folder;
  private SplitMarks marks;

  @BeforeEach
  void open() throws IOException {
    marks = new SplitMarks(FileSystem.getLocal(new Configuration()), new Path(folder.toString()));
  }

  private static SplitMark mark(long version) {
    return new SplitMark(SPLIT, "app", "1", version, Set.of(version), Set.of(), Set.of());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void theLastMarkOfEachAttemptCounts(int written) throws IOException {
    String one = marks.newAttempt(SPLIT);
    String other = marks.newAttempt(SPLIT);
    for (int version = 0; version < written; version++) {
      marks.write(one, mark(version));
      marks.write(other, mark(version));
    }
    marks.write(marks.newAttempt(SPLIT + 1), mark(0));

    assertThat(marks.of(SPLIT))
        .containsOnlyKeys(one, other)
        .allSatisfy((attempt, mark) -> assertThat(mark).isEqualTo(mark(written - 1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void aMarkTornWhileItIsWrittenLeavesTheOneBefore(int written) throws IOException {
    String attempt = marks.newAttempt(SPLIT);
    for (int version = 0; version < written; version++) {
      marks.write(attempt, mark(version));
    }
    java.nio.file.Path last = folder.resolve("%s-%d.json".formatted(attempt, (written - 1) % 2));
    byte[] whole = Files.readAllBytes(last);

    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(last, Arrays.copyOf(whole, length));
      Files.deleteIfExists(folder.resolve("." + last.getFileName() + ".crc"));

      assertThat(marks.of(SPLIT).values())
          .as("%d of %d bytes", length, whole.length)
          .containsExactlyElementsOf(written == 1 ? List.of() : List.of(mark(written - 2)));
    }
  }

  @Test
  void nothingIsLeftOfADeletedAttempt() throws IOException {
    String attempt = marks.newAttempt(SPLIT);
    marks.write(attempt, mark(0));
    marks.write(attempt, mark(1));

    marks.delete(attempt);

    assertThat(marks.of(SPLIT)).isEmpty();
    assertThat(marks.splits().isEmpty()).isTrue();
  }
}
