package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that the build leaves, as users unpack and run it. */
class DistributionIT {
  private static final Pattern JAR = Pattern.compile("(.+?)-(\\d.*)\\.jar");
  private static final Path DIST = ScriptRun.DIST;

  @TempDir Path folder;

  @Test
  void thereIsOneDistributionAndItIsWhole() throws IOException {
    try (Stream<Path> versions = Files.list(DIST.getParent())) {
      assertThat(versions).containsExactly(DIST);
    }
    assertThat(names(DIST))
        .contains(
            "BUILT", "LICENSE", "bin", "conf", "datasets", "deploy", "lib", "python", "spark");
  }

  @Test
  void noLibraryIsInTwoVersionsOrTwice() throws IOException {
    assertThat(versions(DIST.resolve("lib")).keySet())
        .doesNotContainAnyElementsOf(versions(DIST.resolve("spark")).keySet())
        .doesNotContainAnyElementsOf(versions(SparkHome.path().resolve("jars")).keySet());
  }

  @Test
  void whatComesWithTheDistributionIsWhatAnInstalledSparkHas() throws IOException {
    Map<String, List<String>> installed = versions(SparkHome.path().resolve("jars"));
    versions(DIST.resolve("spark"))
        .forEach(
            (library, versions) -> {
              if (installed.containsKey(library)) {
                assertThat(installed.get(library)).as(library).containsAll(versions);
              }
            });
  }

  @Test
  void theLauncherRunsFromAnyFolder() throws Exception {
    Path link =
        Files.createSymbolicLink(folder.resolve("pyramid"), DIST.resolve("bin/pyramid-spark"));
    String version = DIST.getFileName().toString().replaceFirst("pyramid-spark-", "pyramid-spark ");
    assertThat(run(List.of(link.toString(), "--version"))).isZero();
    assertThat(Files.readString(log())).contains(version);
    assertThat(run(List.of(link.toString(), "--help"))).isZero();
    assertThat(Files.readString(log())).contains("generate", "demo", "trace", "model");
  }

  @Test
  void badUsageAndBadInputAreOneSentence() throws Exception {
    String launcher = DIST.resolve("bin/pyramid-spark").toString();
    assertThat(run(List.of(launcher, "model", "inspect", "/no/model.gguf"))).isEqualTo(2);
    assertThat(Files.readString(log()))
        .contains("/no/model.gguf does not exist")
        .doesNotContain("\tat ");
    assertThat(run(List.of(launcher, "summarise"))).isEqualTo(2);
    assertThat(Files.readString(log())).contains("summarise").doesNotContain("\tat ");
  }

  @Test
  void anInstalledSparkRunsTheBuiltJarsOnTheSample() throws Exception {
    Path output = folder.resolve("out");
    int exitCode =
        submit(DIST.resolve("datasets/sample"), output, "--policy", "pyramid", "--guard", "0.05");
    assertThat(exitCode).as(this::shownLog).isZero();
    assertThat(CommandRun.rows(output)).isNotEmpty();
    assertThat(output.resolve("report.md")).isRegularFile();
    assertThat(CommandRun.report(output).at("/guard/levels/0/loss/rows").asInt()).isPositive();
  }

  @Test
  void onATerminalABarIsRedrawnAndErrorRowsAreInTheExitCode() throws Exception {
    Path input = SmallCorpus.write(folder.resolve("in"));
    Path output = folder.resolve("out");
    assertThat(runOnTerminal(submission(input, output))).as(this::shownLog).isEqualTo(3);
    assertThat(shownLog())
        .contains("\r\033[K\033[?7l[####################] 100 %, 10 of 10 rows, 3 with errors, ");
    assertThat(CommandRun.rows(output))
        .hasSize(SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size());
    assertThat(CommandRun.report(output).at("/settings/input").asText())
        .isEqualTo(input.toString());
  }

  @Test
  void anInstalledSparkEvaluatesCompletions() throws Exception {
    Path references = SmallRuns.references(folder.resolve("corpus"));
    Path completions = SmallRuns.completions(folder.resolve("run/part-00000.jsonl"), 1);
    Path output = folder.resolve("out");
    int exitCode =
        run(
            List.of(
                DIST.resolve("deploy/spark-submit.sh").toString(),
                "evaluate",
                "--master",
                "local[2]",
                "--conf",
                "spark.ui.enabled=false",
                "--",
                completions.toString(),
                "--references",
                references.toString(),
                "--output",
                output.toString()));
    assertThat(exitCode).as(this::shownLog).isZero();
    assertThat(CommandRun.report(output).at("/rows/scored").asInt()).isEqualTo(120);
  }

  private int submit(Path input, Path output, String... arguments) throws Exception {
    return run(submission(input, output, arguments));
  }

  private List<String> submission(Path input, Path output, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                DIST.resolve("deploy/spark-submit.sh").toString(),
                "--master",
                "local[2]",
                "--conf",
                "spark.ui.enabled=false",
                "--",
                "--model",
                TestModel.write(folder).toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--max-new-tokens",
                "2"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Its log is what the terminal gets. */
  private int runOnTerminal(List<String> command) throws IOException, InterruptedException {
    String line = command.stream().map("'%s'"::formatted).collect(Collectors.joining(" "));
    return run(List.of("env", "TERM=xterm", "script", "-qec", line, "/dev/null"));
  }

  private int run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log().toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", SparkHome.path().toString());
    return builder.start().waitFor();
  }

  private Path log() {
    return folder.resolve("log");
  }

  private String shownLog() {
    try {
      return Files.readString(log());
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  /** Versions of each library among a folder's jars, classifiers included. */
  private static Map<String, List<String>> versions(Path jars) throws IOException {
    Map<String, List<String>> versions = new TreeMap<>();
    for (String name : names(jars)) {
      Matcher jar = JAR.matcher(name);
      if (jar.matches()) {
        versions.computeIfAbsent(jar.group(1), library -> new ArrayList<>()).add(jar.group(2));
      }
    }
    return versions;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
