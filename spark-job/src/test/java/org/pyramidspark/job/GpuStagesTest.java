package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker whose discovery script finds a GPU that is not there: what Spark makes of it is real.
 */
class GpuStagesTest {
  private static final List<Integer> PROFILES = new CopyOnWriteArrayList<>();

  @TempDir Path folder;
  private final Map<String, String> settings = new HashMap<>();

  /** Which resources each stage asks for: 0 stands for those of all stages. */
  public static final class StageProfiles extends SparkListener {
    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
      PROFILES.add(submitted.stageInfo().resourceProfileId());
    }
  }

  @AfterEach
  void forgetSettings() {
    settings.keySet().forEach(System::clearProperty);
  }

  @Test
  void stagesWithEnginesHaveTheGpuThatSparkAssignsAndOthersNone() throws Exception {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.writeString(input.resolve("a.jsonl"), "{\"id\": \"a\", \"prompt\": \"The river\"}\n");
    settings.put("spark.executor.extraClassPath", StandaloneCluster.classFolders());
    settings.put("spark.executor.memory", "1g");
    settings.put("spark.executor.cores", "1");
    settings.put("spark.executor.resource.gpu.amount", "1");
    settings.put("spark.extraListeners", StageProfiles.class.getName());
    settings.forEach(System::setProperty);
    try (StandaloneCluster cluster =
        StandaloneCluster.start(
            Files.createDirectory(folder.resolve("cluster")), 1, gpuSeven(), List.of())) {
      CommandRun run = compare(cluster, input, "auto", "out");
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(PROFILES).endsWith(0);
      assertThat(PROFILES).anyMatch(id -> id > 0);
      assertThat(executorLogs()).contains("Spark has assigned GPU 7, which is not used");

      CommandRun refused = compare(cluster, input, "gpu", "refused");
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains("A GPU is wanted on host").contains("build --gpu");
      assertThat(folder.resolve("refused")).doesNotExist();
    }
  }

  private CommandRun compare(StandaloneCluster cluster, Path input, String device, String output) {
    return CommandRun.compare(
        "--model",
        TestModel.write(folder).toString(),
        "--input",
        input.toString(),
        "--output",
        folder.resolve(output).toString(),
        "--master",
        cluster.url(),
        "--policy",
        "pyramid",
        "--device",
        device,
        "--gpus-per-task",
        "1",
        "--max-new-tokens",
        "2");
  }

  private Map<String, String> gpuSeven() throws IOException {
    Path script = folder.resolve("gpus.sh");
    Files.writeString(script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"7\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return Map.of(
        "spark.worker.resource.gpu.amount",
        "1",
        "spark.worker.resource.gpu.discoveryScript",
        script.toString());
  }

  private String executorLogs() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("cluster/work-0"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("std(out|err)"))
          .map(GpuStagesTest::text)
          .collect(Collectors.joining());
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }
}
