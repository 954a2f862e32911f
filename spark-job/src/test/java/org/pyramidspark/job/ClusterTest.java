package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A standalone master and two workers, each a process of its own. */
class ClusterTest {
  private static final Path JSON_LOG = Path.of("../conf/log4j2-json.properties");
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.executor.extraClassPath", StandaloneCluster.classFolders(),
          "spark.executor.cores", "1",
          "spark.executor.memory", "1g",
          "spark.cores.max", "2",
          // They start before they get files, so they are told where their host has it.
          "spark.executor.extraJavaOptions",
              "-Dlog4j2.configurationFile=" + JSON_LOG.toAbsolutePath().normalize(),
          // Both workers take part.
          "spark.scheduler.minRegisteredResourcesRatio", "1");

  @TempDir static Path shared;
  private static StandaloneCluster cluster;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    cluster = StandaloneCluster.start(shared, 2);
    SETTINGS.forEach(System::setProperty);
  }

  @AfterAll
  static void stop() {
    SETTINGS.keySet().forEach(System::clearProperty);
    cluster.close();
  }

  @Test
  void twoWorkersCompleteACorpusTogether() throws Exception {
    Path input = SmallCorpus.write(folder.resolve("in"));
    Path output = folder.resolve("out");
    CommandRun run =
        CommandRun.generate(
            "--model", TestModel.write(folder).toString(),
            "--input", input.toString(),
            "--output", output.toString(),
            "--master", cluster.url(),
            "--partitions", "4",
            "--max-new-tokens", "4");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);

    assertThat(CommandRun.rows(output))
        .extracting(row -> row.get("id").asText())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(SmallCorpus.GOOD_IDS.stream(), SmallCorpus.BAD_IDS.stream()).toList());
    JsonNode engines = CommandRun.report(output).get("engines");
    assertThat(engines).hasSize(2).allMatch(engine -> engine.get("threads").asInt() == 1);
    LogSettings.assertSplitsAreLogged(shared);
  }

  @Test
  void twoWorkersCompleteATableTogether() throws Exception {
    Path input = folder.resolve("in");
    SparkTables.withSpark(
        spark -> {
          SparkTables.rows(spark).write().parquet(input.toString());
          return null;
        });
    Path output = folder.resolve("out");
    CommandRun run =
        CommandRun.generate(
            "--model", TestModel.write(folder).toString(),
            "--input", input.toString(),
            "--input-format", "parquet",
            "--columns", "id=key,prompt=body",
            "--output", output.toString(),
            "--output-format", "parquet",
            "--partition-by", "day",
            "--master", cluster.url(),
            "--partitions", "4",
            "--max-new-tokens", "4");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SparkTables.read(output, "parquet", "lang", "string(day)", "marks"))
        .hasSize(SparkTables.ROWS);
    assertThat(CommandRun.report(output).get("engines")).hasSize(2);
  }

  @Test
  void aModelOfTheFilesOptionReachesEveryExecutor() throws Exception {
    Path model = TestModel.write(Files.createDirectory(folder.resolve("models")));
    Path input = SmallCorpus.write(folder.resolve("in"));
    Path output = folder.resolve("out");
    System.setProperty("spark.files", model.toString());
    try {
      CommandRun run =
          CommandRun.generate(
              "--model", model.getFileName().toString(),
              "--input", input.toString(),
              "--output", output.toString(),
              "--master", cluster.url(),
              "--partitions", "4",
              "--max-new-tokens", "2");

      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    } finally {
      System.clearProperty("spark.files");
    }
    assertThat(CommandRun.rows(output))
        .hasSize(SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size());
    assertThat(CommandRun.report(output).at("/model/path").asText()).isEqualTo("model.gguf");
  }

  @Test
  void twoWorkersEvaluateCompletionsTogether() throws Exception {
    Path references = SmallRuns.references(folder.resolve("corpus"));
    Path run = SmallRuns.completions(folder.resolve("run.jsonl"), 1);
    Path against = SmallRuns.completions(folder.resolve("against.jsonl"), 2);
    Path output = folder.resolve("out");
    CommandRun evaluate =
        CommandRun.evaluate(
            run.toString(),
            "--against",
            against.toString(),
            "--references",
            references.toString(),
            "--output",
            output.toString(),
            "--master",
            cluster.url(),
            "--partitions",
            "4");

    assertThat(evaluate.exitCode()).as(evaluate.err()).isZero();

    assertThat(CommandRun.rows(output)).hasSize(120);
    assertThat(CommandRun.report(output).at("/overall/rouge1/difference/p_value").isNumber())
        .isTrue();
  }
}
