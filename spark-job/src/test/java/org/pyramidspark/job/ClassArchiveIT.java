package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pyramidspark.job.ScriptRun.DIST;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code deploy/conf/class-archive.conf}, on a cluster that {@code deploy/standalone.sh} starts.
 */
class ClassArchiveIT {
  @TempDir Path folder;

  @Test
  void laterExecutorsStartFromWhatTheFirstHasLeft() throws Exception {
    Map<String, String> environment =
        Map.of(
            "SPARK_HOME",
            SparkHome.path().toString(),
            "SPARK_CONF_DIR",
            folder.resolve("none").toString(),
            "SPARK_DAEMON_MEMORY",
            "256m",
            "PYRAMID_INSTALLED",
            DIST.toString());
    Path model = TestModel.write(folder);
    Path input = SmallCorpus.write(folder.resolve("in"));
    try (ScriptCluster cluster = ScriptCluster.start(folder, 1, environment)) {
      run(cluster, "first", model, input);
      cluster.awaitExecutorsEnd();
      run(cluster, "second", model, input);
    }
    for (String name :
        List.of(
            "org.apache.spark.executor.CoarseGrainedExecutorBackend",
            "org.pyramidspark.executor.LoadedModel")) {
      assertThat(loaded("first", name)).contains("source: file:");
      assertThat(loaded("second", name)).contains("source: shared objects file (top)");
    }
  }

  private void run(ScriptCluster cluster, String name, Path model, Path input) throws Exception {
    ScriptRun run =
        cluster.submit(
            List.of("--properties-file", settings(name).toString()),
            List.of(
                "--model",
                model.toString(),
                "--input",
                input.toString(),
                "--output",
                folder.resolve(name).toString(),
                "--max-new-tokens",
                "2"));
    assertThat(run.exitCode()).as(run.shown()).isEqualTo(3);
  }

  /** The example, with this test's folders, and a log of all classes that executors load. */
  private Path settings(String name) throws IOException {
    String settings =
        Files.readString(DIST.resolve("deploy/conf/class-archive.conf"))
            .replace("/opt/pyramid-spark", DIST.toString())
            .replace("/var/cache/pyramid-spark", folder.toString())
            .replace("-Xlog:cds", "-Xlog:class+load:file=%s -Xlog:cds".formatted(log(name)));
    return Files.writeString(
        folder.resolve(name + ".conf"),
        settings
            + """
            spark.driver.host %1$s
            spark.driver.bindAddress %1$s
            spark.executor.memory 1g
            """
                .formatted(ScriptCluster.HOST));
  }

  private Path log(String name) {
    return folder.resolve(name + "-classes.log");
  }

  private String loaded(String run, String name) throws IOException {
    return Files.readAllLines(log(run)).stream()
        .filter(line -> line.contains(" " + name + " source:"))
        .findFirst()
        .orElseThrow();
  }
}
