package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code spark-submit} of a whole Spark distribution, as a data engineer has it. */
class SparkSubmitTest {
  private static final String JVM_FLAGS =
      "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED";

  @TempDir Path folder;

  @Test
  void sparkSubmitRunsTheJob() throws Exception {
    Path input = SmallCorpus.write(folder.resolve("in"));
    Path output = folder.resolve("out");

    Process submit =
        submit(
            "--model", TestModel.write(folder).toString(),
            "--input", input.toString(),
            "--output", output.toString(),
            "--max-new-tokens", "4");

    assertThat(submit.waitFor()).as(() -> log()).isEqualTo(3);
    assertThat(CommandRun.rows(output))
        .hasSize(SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size());
    assertThat(CommandRun.report(output).at("/settings/input").asText())
        .isEqualTo(input.toString());
  }

  private Process submit(String... arguments) throws IOException {
    Path home = sparkHome();
    List<String> command =
        new ArrayList<>(
            List.of(
                home.resolve("bin/spark-submit").toString(),
                "--master",
                "local[2]",
                "--class",
                GenerateJob.class.getName(),
                "--driver-java-options",
                JVM_FLAGS,
                "--conf",
                "spark.ui.enabled=false",
                "--jars",
                String.join(",", jarsThatSparkLacks(home)),
                applicationJar().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("submit.log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", home.toString());
    return builder.start();
  }

  /** Our classes as the build packs them. */
  private Path applicationJar() {
    List<String> arguments =
        new ArrayList<>(List.of("--create", "--file", folder.resolve("app.jar").toString()));
    classPath()
        .filter(entry -> entry.endsWith("classes") && Files.isDirectory(Path.of(entry)))
        .filter(entry -> !entry.endsWith("test-classes"))
        .forEach(entry -> arguments.addAll(List.of("-C", entry, ".")));
    ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
    assertThat(jar.run(System.out, System.err, arguments.toArray(String[]::new))).isZero();
    return folder.resolve("app.jar");
  }

  private static List<String> jarsThatSparkLacks(Path home) {
    return classPath()
        .filter(entry -> entry.endsWith(".jar"))
        .filter(entry -> !Files.exists(home.resolve("jars").resolve(Path.of(entry).getFileName())))
        .toList();
  }

  private static Stream<String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  private static Path sparkHome() {
    String home = System.getProperty("pyramid.test.spark", System.getenv("PYRAMID_TEST_SPARK"));
    if (home == null || !Files.isExecutable(Path.of(home, "bin", "spark-submit"))) {
      throw new IllegalStateException(
          "There is no Spark distribution at '"
              + home
              + "'; run bin/test, which fetches one, or name its folder with"
              + " -Dpyramid.test.spark=FOLDER.");
    }
    return Path.of(home);
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("submit.log"));
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }
}
