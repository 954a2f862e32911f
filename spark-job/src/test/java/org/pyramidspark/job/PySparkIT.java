package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.ReadmeExample;

/** An installed Spark with Python: what the distribution gives there, and the README's examples. */
class PySparkIT {
  private static final Path DIST = Path.of(System.getProperty("pyramid.test.dist"));
  private static final Path CHECKOUT = DIST.getParent().getParent();

  @TempDir static Path folder;
  private static String text;
  private static Path model;

  @BeforeAll
  static void complete() throws Exception {
    model = TestModel.write(folder);
    Path corpus = folder.resolve("prompts.jsonl");
    Files.writeString(
        corpus,
        """
        {"id": "one", "prompt": "The mill burned down"}
        {"id": "two", "prompt": ""}
        """);
    Path output = folder.resolve("out");
    int exitCode =
        run(
            List.of(
                DIST.resolve("bin/pyramid-spark").toString(),
                "generate",
                "--model",
                model.toString(),
                "--input",
                corpus.toString(),
                "--output",
                output.toString(),
                "--max-new-tokens",
                "4"));
    assertThat(exitCode).as(PySparkIT::log).isEqualTo(JobCommands.ERROR_ROWS);
    text =
        CommandRun.rows(output).stream()
            .filter(row -> row.get("id").asText().equals("one"))
            .map(row -> row.get("text").asText())
            .findFirst()
            .orElseThrow();
  }

  @Test
  void pythonDrivesTheDataFrameTheTransformerAndTheFunction() throws Exception {
    Path script = folder.resolve("drive.py");
    try (var resource = getClass().getResourceAsStream("drive.py")) {
      Files.write(script, resource.readAllBytes());
    }
    Path answers = folder.resolve("answers.txt");
    int exitCode =
        submit(
            List.of(
                script.toString(),
                model.toString(),
                folder.resolve("prompts.jsonl").toString(),
                folder.resolve("saved").toString(),
                answers.toString()));
    assertThat(exitCode).as(PySparkIT::log).isZero();
    assertThat(Files.readAllLines(answers))
        .containsExactly(
            "generate one " + quoted(),
            "generate two error",
            "transformer one " + quoted(),
            "transformer two error",
            "loaded one " + quoted(),
            "loaded two error",
            "sql one " + quoted(),
            "refused There is no setting");
  }

  private static String quoted() {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  @Test
  void theExamplesOfTheReadmeRunAsPrinted() throws Exception {
    for (String name : List.of("pyspark", "transformer")) {
      Path script = ReadmeExample.of(name).write(folder.resolve("example_" + name + ".py"));
      assertThat(submit(List.of(script.toString()))).as(PySparkIT::log).isZero();
      assertThat(log()).as(name).contains("|completed|").doesNotContain("error|");
    }
    Path statements = ReadmeExample.of("sql").write(folder.resolve("example.sql"));
    List<String> command = new ArrayList<>();
    command.add(SparkHome.path().resolve("bin/spark-sql").toString());
    command.addAll(options());
    command.addAll(List.of("-f", statements.toString()));
    assertThat(run(command)).as(PySparkIT::log).isZero();
  }

  @Test
  void theReadmesSparkSubmitRunsAsPrinted() throws Exception {
    Path checkout = Files.createDirectory(folder.resolve("checkout"));
    for (String link : List.of("dist", "datasets")) {
      Files.createSymbolicLink(checkout.resolve(link), CHECKOUT.resolve(link));
    }
    Path script = ReadmeExample.of("spark-submit").write(folder.resolve("submit.sh"));
    assertThat(run(List.of("bash", "-e", script.toString()), checkout)).as(PySparkIT::log).isZero();
    assertThat(CommandRun.rows(checkout.resolve("out"))).hasSize(4);
  }

  private static List<String> options() throws IOException {
    try (Stream<Path> jars = Files.list(DIST.resolve("lib"))) {
      return List.of(
          "--master",
          "local[2]",
          "--driver-memory",
          "3g",
          "--conf",
          "spark.ui.enabled=false",
          "--conf",
          "spark.sql.catalogImplementation=in-memory",
          "--conf",
          "spark.sql.extensions=org.pyramidspark.sql.PyramidExtensions",
          "--jars",
          jars.map(Path::toString).collect(Collectors.joining(",")));
    }
  }

  private static int submit(List<String> script) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(SparkHome.path().resolve("bin/spark-submit").toString());
    command.addAll(options());
    command.addAll(List.of("--py-files", DIST.resolve("python/pyramid_spark.py").toString()));
    command.addAll(script);
    return run(command);
  }

  private static int run(List<String> command) throws IOException, InterruptedException {
    return run(command, DIST);
  }

  private static int run(List<String> command, Path where)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", SparkHome.path().toString());
    builder.environment().merge("PATH", SparkHome.path() + "/bin:", (path, bin) -> bin + path);
    builder.environment().put("PYSPARK_PYTHON", "python3");
    builder.environment().put("PYTHONPATH", SparkHome.python().toString());
    return builder.start().waitFor();
  }

  private static String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }
}
