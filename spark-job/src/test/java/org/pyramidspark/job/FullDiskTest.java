package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An output folder on a disk that fills up. */
class FullDiskTest {
  private static final int SPLITS = 8;
  private static final int ENOUGH_KIB = 8 << 10;

  @TempDir Path folder;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mountDisk() throws Exception {
    TestModel.write(folder);
    SlowCorpus.write(folder.resolve("in"));
    disk = Files.createDirectory(folder.resolve("disk"));
    mounted = OtherMounts.mountSmall(disk, 100);
    assumeTrue(mounted, "this user may not mount");
  }

  @AfterEach
  void unmountDisk() throws Exception {
    if (mounted) {
      assertThat(OtherMounts.unmount(disk)).isTrue();
    }
  }

  private CommandRun generate(Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                folder.resolve("model.gguf").toString(),
                "--input",
                folder.resolve("in").toString(),
                "--output",
                output.toString(),
                "--master",
                "local[1]",
                "--policy",
                "full",
                "--ignore-eos",
                "--max-new-tokens",
                "300",
                "--partitions",
                Integer.toString(SPLITS)));
    arguments.addAll(List.of(more));
    return CommandRun.generate(arguments.toArray(String[]::new));
  }

  @Test
  void aRunGoesOnOnceThereIsRoom() throws Exception {
    Path undisturbed = folder.resolve("undisturbed");
    assertThat(generate(undisturbed).exitCode()).isZero();
    Map<String, String> expected = RunFiles.rows(undisturbed);
    Path output = disk.resolve("out");

    CommandRun full = generate(output);

    assertThat(full.exitCode()).isEqualTo(JobCommands.FAILED);
    assertThat(full.err())
        .startsWith("The run failed: Output folder %s cannot be written on host ".formatted(output))
        .contains("No space left on device", "go on with --resume")
        .contains("splits are finished and kept in");
    assertThat(full.err().lines()).hasSize(2);
    assertThat(output.resolve("_SUCCESS")).doesNotExist();
    int finished = RunFiles.manifests(output).size();
    assertThat(finished).isBetween(1, SPLITS - 1);
    assertThat(RunFiles.wholeManifests(output)).hasSize(finished);
    assertThat(RunFiles.parts(output)).as("nothing half-committed").hasSize(finished);

    assertThat(OtherMounts.enlarge(disk, ENOUGH_KIB)).isTrue();
    CommandRun resumed = generate(output, "--resume");

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(RunFiles.rows(output)).isEqualTo(expected).hasSize(SlowCorpus.ROWS);
    assertThat(RunFiles.parts(output)).hasSize(SPLITS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "csv"})
  void tablesGoOnAsWell(String format) throws Exception {
    String[] asked = {
      "--output-format",
      format,
      "--output-option",
      "compression=none",
      "--output-option",
      "header=true",
      "--partition-by",
      "finish_reason"
    };
    Path output = disk.resolve("out");

    CommandRun full = generate(output, asked);

    assertThat(full.exitCode()).isEqualTo(JobCommands.FAILED);
    assertThat(full.err())
        .startsWith("The run failed: Output folder %s cannot be written on host ".formatted(output))
        .contains("No space left on device", "go on with --resume");
    assertThat(full.err().lines()).hasSize(2);
    int finished = RunFiles.manifests(output).size();
    assertThat(finished).isBetween(1, SPLITS - 1);
    assertThat(RunFiles.tableParts(output)).as("nothing half-committed").hasSize(finished);

    assertThat(OtherMounts.enlarge(disk, ENOUGH_KIB)).isTrue();
    CommandRun resumed =
        generate(
            output, Stream.concat(Stream.of(asked), Stream.of("--resume")).toArray(String[]::new));

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(SparkTables.read(output, format)).hasSize(SlowCorpus.ROWS);
    assertThat(RunFiles.tableParts(output)).hasSize(SPLITS);
  }

  @Test
  void aDiskWithoutRoomForTheBooksIsOneSentence() throws Exception {
    Files.write(disk.resolve("much"), new byte[92 << 10]);
    Path output = disk.resolve("out");

    CommandRun full = generate(output);

    assertThat(full.exitCode()).isEqualTo(JobCommands.FAILED);
    assertThat(full.err())
        .startsWith("The run failed, and nothing is written: Output folder " + output)
        .contains("No space left on device");
    assertThat(full.err().lines()).hasSize(1);
    assertThat(output).doesNotExist();
  }
}
