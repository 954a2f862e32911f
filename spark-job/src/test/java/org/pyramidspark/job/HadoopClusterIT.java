package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pyramidspark.job.ScriptRun.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in YARN's containers, with HDFS for input and output, as {@code deploy/conf/yarn.conf}. */
class HadoopClusterIT {
  private static final String JAVA_HOME = System.getProperty("java.home");

  @TempDir static Path shared;
  private static HadoopCluster cluster;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    cluster = HadoopCluster.start(shared);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void whereTheDriverIsOursItsExitCodeIsKept() throws Exception {
    Path input = SmallCorpus.write(folder.resolve("client"));
    Files.createSymbolicLink(folder.resolve("conf"), ScriptRun.DIST.resolve("conf"));
    ScriptRun run =
        submitWithModelAsFile("client", LogSettings.ofTheDocs(), upload(input), "--overwrite");
    assertThat(run.exitCode()).as(run.shown()).isEqualTo(3);
    LogSettings.assertSplitsAreLogged(Path.of("target/test"));
    assertThat(CommandRun.rows(download("client-out")))
        .hasSize(SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size());
  }

  @Test
  void theDriverMayRunInAContainer() throws Exception {
    Path input = Files.createDirectories(folder.resolve("cluster"));
    Files.writeString(input.resolve("a.jsonl"), "{\"id\": \"a\", \"prompt\": \"The river\"}\n");
    ScriptRun run = submitWithModelAsFile("cluster", List.of(), upload(input));
    assertThat(run.exitCode()).as(run.shown()).isZero();
    assertThat(CommandRun.rows(download("cluster-out"))).hasSize(1);
  }

  @Test
  void aModelOnHdfsIsCopiedOnceForTheHost() throws Exception {
    Path input = Files.createDirectories(folder.resolve("remote"));
    Files.writeString(input.resolve("a.jsonl"), "{\"id\": \"a\", \"prompt\": \"The river\"}\n");
    String model = upload(TestModel.write(Files.createDirectory(folder.resolve("models"))));
    ScriptRun run = submit("client", List.of(), model, upload(input));
    assertThat(run.exitCode()).as(run.shown()).isZero();
    Path output = download("remote-out");
    assertThat(CommandRun.rows(output)).hasSize(1);
    assertThat(CommandRun.report(output).at("/model/path").asText()).isEqualTo(model);
    String sha256 = CommandRun.report(output).at("/model/sha256").asText();
    assertThat(folder.resolve("cache/models/remote/" + sha256 + ".gguf")).isRegularFile();
  }

  /** Containers get the model, under another name, by {@code --files}. */
  private ScriptRun submitWithModelAsFile(
      String mode, List<String> options, String input, String... more) throws Exception {
    Path model = TestModel.write(Files.createDirectory(folder.resolve("models")));
    List<String> all = new ArrayList<>(options);
    // As words of the docs have it already, this adds to it.
    int files = all.indexOf("--files") + 1;
    if (files > 0) {
      all.set(files, all.get(files) + "," + model + "#sent.gguf");
    } else {
      all.addAll(List.of("--files", model + "#sent.gguf"));
    }
    return submit(mode, all, "sent.gguf", input, more);
  }

  private ScriptRun submit(
      String mode, List<String> options, String model, String input, String... more)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                script("deploy/spark-submit.sh"),
                "--properties-file",
                script("deploy/conf/yarn.conf")));
    settings(mode, folder.resolve("cache"))
        .forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    // Spark's UI and YARN's filter for it may start at once, and then Spark fails.
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(options);
    command.addAll(List.of("--", "--model", model));
    command.addAll(List.of("--input", input, "--output", input + "-out", "--max-new-tokens", "2"));
    command.addAll(List.of(more));
    return ScriptRun.of(
        folder,
        Map.of(
            "PYRAMID_CACHE", folder.resolve("cache").toString(),
            "SPARK_HOME", SparkHome.path().toString(),
            "HADOOP_CONF_DIR", cluster.settings().toString()),
        command);
  }

  /** What is smaller, or elsewhere, than in the example. */
  private static Map<String, String> settings(String mode, Path cache) {
    return Map.of(
        "spark.submit.deployMode",
        mode,
        "spark.executor.instances",
        "1",
        "spark.executor.cores",
        "1",
        "spark.executor.memory",
        "1g",
        "spark.executor.memoryOverhead",
        "1g",
        "spark.driver.memory",
        "1g",
        "spark.yarn.appMasterEnv.JAVA_HOME",
        JAVA_HOME,
        "spark.executorEnv.JAVA_HOME",
        JAVA_HOME,
        "spark.executorEnv.PYRAMID_CACHE",
        cache.toString(),
        "spark.yarn.jars",
        "local:" + SparkHome.path() + "/jars/*");
  }

  private static String upload(Path input) throws IOException {
    var target = new org.apache.hadoop.fs.Path("/" + input.getFileName());
    cluster.fileSystem().copyFromLocalFile(new org.apache.hadoop.fs.Path(input.toUri()), target);
    return cluster.fileSystem().makeQualified(target).toString();
  }

  private Path download(String name) throws IOException {
    Path target = folder.resolve(name);
    cluster
        .fileSystem()
        .copyToLocalFile(
            new org.apache.hadoop.fs.Path("/" + name),
            new org.apache.hadoop.fs.Path(target.toUri()));
    return target;
  }
}
