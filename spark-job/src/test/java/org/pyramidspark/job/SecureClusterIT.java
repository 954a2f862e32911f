package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/**
 * A standalone cluster as {@code deploy/standalone.sh} starts it, with authentication and
 * encryption as {@code deploy/conf/secure.conf} has them.
 */
class SecureClusterIT {
  private static final String SECRET = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

  @TempDir Path folder;
  private ScriptCluster cluster;

  @AfterEach
  void end() {
    cluster.close();
  }

  @BeforeEach
  void start() throws Exception {
    cluster = ScriptCluster.start(folder, 2, environment());
  }

  @Test
  void aJobRunsEncryptedAndItsSecretIsNowhere() throws Exception {
    Path input = SmallCorpus.write(folder.resolve("in"));
    Path output = folder.resolve("out");

    ScriptRun run =
        cluster.submit(
            List.of(),
            List.of(
                "--model",
                TestModel.write(folder).toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--partitions",
                "4",
                "--max-new-tokens",
                "2"));

    assertThat(run.exitCode()).as(run.shown()).isEqualTo(3);
    assertThat(CommandRun.rows(output))
        .hasSize(SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size());
    assertThat(CommandRun.report(output).get("engines")).hasSize(2);
    assertThat(filesWith("authentication enabled")).anyMatch(file -> file.contains("stderr"));
    assertThat(filesWith(SECRET)).containsExactly("conf/spark-defaults.conf");
  }

  @Test
  void aBenchmarkGoesThroughTheNumbersOfExecutors() throws Exception {
    Path work = folder.resolve("work.jsonl");
    Files.writeString(work, "{\"prompt_token_ids\": [9, 8, 7, 6]}\n");

    ScriptRun run =
        cluster.submit(
            List.of("benchmark"),
            List.of(
                "--cluster",
                "--model",
                TestModel.write(folder).toString(),
                "--workload",
                work.toString(),
                "--copies",
                "16",
                "--max-new-tokens",
                "2",
                "--repeat",
                "1",
                "--json"));

    assertThat(run.exitCode()).as(run.shown()).isZero();
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertThat(report.at("/rows").asInt()).isEqualTo(16);
    assertThat(report.at("/machine/threads").asInt()).isEqualTo(1);
    assertThat(report.get("points"))
        .extracting(point -> point.get("scaling").asText() + point.get("executors").asInt())
        .containsExactly("weak1", "weak2", "strong2");
    assertThat(report.get("points"))
        .allMatch(point -> point.get("tokens_per_second").asDouble() > 0)
        .allMatch(point -> point.get("shuffle_bytes").asLong() == 0);
  }

  /** Spark's own settings, as the comment in {@code secure.conf} puts them together. */
  private Map<String, String> environment() throws IOException {
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        conf.resolve("spark-defaults.conf"),
        Files.readString(ScriptRun.DIST.resolve("deploy/conf/secure.conf"))
            + """
            spark.authenticate.secret %s
            spark.driver.host %s
            spark.driver.bindAddress %s
            spark.executor.cores 1
            spark.cores.max 2
            spark.executor.memory 1g
            spark.scheduler.minRegisteredResourcesRatio 1
            spark.eventLog.enabled true
            spark.eventLog.compress false
            spark.eventLog.dir %s
            """
                .formatted(
                    SECRET,
                    ScriptCluster.HOST,
                    ScriptCluster.HOST,
                    Files.createDirectories(folder.resolve("events"))));
    return Map.of(
        "SPARK_HOME", SparkHome.path().toString(),
        "SPARK_CONF_DIR", conf.toString(),
        "SPARK_DAEMON_MEMORY", "256m");
  }

  /** Of all that daemons, executors and the job have written: logs, events, rows, reports. */
  private List<String> filesWith(String text) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(folder.relativize(file).toString());
        }
      }
    }
    return found;
  }
}
