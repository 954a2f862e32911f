package org.pyramidspark.commit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of files in a run's folder. */
class RunFolderTest {

  @ParameterizedTest
  @CsvSource({
    "part-00007-0123456789abcdef.jsonl, 7",
    "part-123456-0123456789abcdef.gz.parquet, 123456",
    "day=2026-11-02/part-00007-0123456789abcdef.orc, 7",
    "day=2026-11-02/city=Rothenburg-ob-der-Tauber/part-00012-0123456789abcdef.csv, 12",
  })
  void aFileTellsItsSplitWhateverTheFoldersOfPartitions(String name, int split) {
    assertThat(RunFolder.splitOf(name)).isEqualTo(split);
  }
}
