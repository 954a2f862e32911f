package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.pyramidspark.job.ScriptRun.script;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts of {@code deploy/}, with stand-ins for what they find on the {@code PATH}. */
class DeployScriptsIT {
  private static final String GPUS = script("deploy/gpu-resources.sh");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-        | -              | \"0\", \"1\", \"2\"",
        "all      | -              | \"0\", \"1\", \"2\"",
        "-        | 2,0            | \"2\", \"0\"",
        "-        | GPU-bb         | \"1\"",
        "GPU-cc   | -              | \"2\"",
        "0,GPU-cc | 2              | \"2\"",
        // Three of a bigger host's, which nvidia-smi counts anew in the container.
        "4,5,6    | 1              | \"1\"",
      })
  void theDiscoveryScriptNamesTheGpusThatMayBeUsed(String nvidia, String cuda, String addresses)
      throws Exception {
    ScriptRun run = gpus(nvidia, cuda, "printf '0, GPU-aa\\n1, GPU-bb\\n2, GPU-cc\\n'");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("{\"name\": \"gpu\", \"addresses\": [%s]}\n", addresses);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | 7     | printf '0, GPU-aa\\n' | CUDA_VISIBLE_DEVICES names 7",
        "- | GPU-a | printf '0, GPU-aa\\n' | CUDA_VISIBLE_DEVICES names GPU-a",
        "4,5 | -   | printf '0, GPU-aa\\n' | NVIDIA_VISIBLE_DEVICES names 4",
        "- | ''    | printf '0, GPU-aa\\n' | no GPU that this process may use",
        "none | -  | printf '0, GPU-aa\\n' | no GPU that this process may use",
        "- | -     | true                  | no GPU that this process may use",
        "- | -     | echo No devices were found; exit 6 | No devices were found",
      })
  void withoutAGpuTheDiscoveryScriptSaysWhy(
      String nvidia, String cuda, String listing, String reason) throws Exception {
    ScriptRun run = gpus(nvidia, cuda, listing);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(reason).hasLineCount(1);
  }

  @Test
  void withoutADriverTheDiscoveryScriptSaysSo() throws Exception {
    ScriptRun run = ScriptRun.of(folder, Map.of("PATH", "/nowhere"), List.of("/bin/bash", GPUS));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("No nvidia-smi was found").hasLineCount(1);
  }

  private ScriptRun gpus(String nvidia, String cuda, String listing) throws Exception {
    Path bin = program("bin/nvidia-smi", listing).getParent();
    List<String> command = new ArrayList<>(List.of("env", "-u", "CUDA_VISIBLE_DEVICES"));
    command.addAll(List.of("-u", "NVIDIA_VISIBLE_DEVICES", "PATH=" + withPath(bin)));
    if (nvidia != null) {
      command.add("NVIDIA_VISIBLE_DEVICES=" + nvidia);
    }
    if (cuda != null) {
      command.add("CUDA_VISIBLE_DEVICES=" + cuda);
    }
    command.add(GPUS);
    return ScriptRun.of(folder, Map.of(), command);
  }

  @Test
  void everyScriptParses() throws Exception {
    for (String script : scripts()) {
      ScriptRun run = ScriptRun.of(folder, Map.of(), List.of("bash", "-n", script));
      assertThat(run.exitCode()).as(run.shown()).isZero();
      assertThat(Files.isExecutable(Path.of(script)))
          .as(script)
          .isEqualTo(Files.readString(Path.of(script)).startsWith("#!"));
    }
  }

  @Test
  void shellcheckFindsNothing() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(bin -> Files.isExecutable(Path.of(bin, "shellcheck"))),
        "shellcheck is not installed");
    List<String> command = new ArrayList<>(List.of("shellcheck", "-x", "-P", "SCRIPTDIR"));
    command.addAll(scripts());
    ScriptRun run = ScriptRun.of(folder, Map.of(), command);
    assertThat(run.exitCode()).as(run.shown()).isZero();
  }

  private static List<String> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(ScriptRun.DIST.resolve("deploy"))) {
      return files.map(Path::toString).filter(file -> file.endsWith(".sh")).sorted().toList();
    }
  }

  @Test
  void onYarnTheJarsAreSentAndTheOptionsPassedOn() throws Exception {
    String settings = script("deploy/conf/yarn.conf");
    List<String> words =
        submitted(
            "evaluate", "--properties-file", settings, "--", "hdfs:///out", "--output", "a b");
    String lib = script("lib") + "/";
    assertThat(words)
        .containsSubsequence("--class", "org.pyramidspark.job.EvaluateJob")
        .containsSubsequence("--properties-file", settings)
        .endsWith("hdfs:///out", "--output", "a b");
    assertThat(words.get(words.indexOf("--jars") + 1).split(","))
        .allMatch(jar -> jar.startsWith(lib))
        .anyMatch(jar -> jar.startsWith(lib + "tensorflow-core-native"));
    assertThat(words.get(words.size() - 4)).startsWith(lib + "spark-job-");
  }

  @Test
  void onKubernetesTheJarsAreThoseOfTheImage() throws Exception {
    List<String> words = submitted("--master", "k8s://https://host:6443", "--", "--model", "M");
    String lib = "local:///opt/pyramid-spark/lib/";
    assertThat(words.get(words.indexOf("--jars") + 1).split(","))
        .allMatch(jar -> jar.startsWith(lib));
    assertThat(words.get(words.size() - 3)).startsWith(lib + "spark-job-");
  }

  private List<String> submitted(String... words) throws Exception {
    Map<String, String> environment = spark("printf '%s\\n' \"$@\"");
    List<String> command = new ArrayList<>(List.of(script("deploy/spark-submit.sh")));
    command.addAll(List.of(words));
    ScriptRun run = ScriptRun.of(folder, environment, command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out().lines().toList();
  }

  @Test
  void aDaemonIsAMasterOrAWorker() throws Exception {
    ScriptRun run = ScriptRun.of(folder, Map.of(), List.of(script("deploy/standalone.sh"), "boss"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("'boss'").hasLineCount(1);
  }

  @Test
  void theExampleOfACrontabRuns() throws Exception {
    String line =
        Files.readAllLines(ScriptRun.DIST.resolve("deploy/crontab")).stream()
            .filter(words -> words.matches("[0-9*/,-]+( [0-9*/,-]+){4} .*"))
            .findFirst()
            .orElseThrow();
    String command =
        line.replaceFirst("(\\S+ ){5}", "")
            .replace("/opt/pyramid-spark", ScriptRun.DIST.toString())
            .replace("/var/log/pyramid-spark", folder.resolve("logs").toString());
    assertThat(command).doesNotContain("%");
    ScriptRun run =
        ScriptRun.of(folder, spark("printf '%s\\n' \"$@\""), List.of("sh", "-c", command));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.shown()).isEmpty();
    assertThat(Files.readString(nightLog()))
        .contains("hdfs:///completions/" + LocalDate.now(), "exit code 0")
        .doesNotContain("{date}");
  }

  @Test
  void aNightKeepsTheExitCodeAndShowsTheEndOfItsLog() throws Exception {
    ScriptRun run = night(spark("echo 3 rows have errors; exit 3"));
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("exit code 3", "3 rows have errors");
    assertThat(Files.readString(nightLog())).contains("3 rows have errors", "exit code 3");
  }

  @Test
  void twoNightsNeverOverlap() throws Exception {
    Map<String, String> slow =
        spark("touch \"$0.runs\"; while [ ! -e \"$0.ends\" ]; do sleep 0.1; done");
    Path submit = Path.of(slow.get("SPARK_HOME"), "bin/spark-submit");
    Path log = folder.resolve("first.log");
    Process first = ScriptRun.start(log, log, slow, nightCommand());
    try {
      while (first.isAlive() && !Files.exists(Path.of(submit + ".runs"))) {
        Thread.sleep(50);
      }
      ScriptRun second = night(slow);
      assertThat(second.exitCode()).isEqualTo(75);
      assertThat(second.err()).contains("has not ended").hasLineCount(1);
      Files.createFile(Path.of(submit + ".ends"));
      assertThat(first.waitFor()).as(Files.readString(log)).isZero();
      assertThat(night(slow).exitCode()).isZero();
    } finally {
      ScriptRun.end(first);
    }
  }

  private ScriptRun night(Map<String, String> environment) throws Exception {
    return ScriptRun.of(folder, environment, nightCommand());
  }

  private List<String> nightCommand() {
    return List.of(script("deploy/nightly.sh"), folder.resolve("logs").toString(), "--", "{date}");
  }

  /** Dated as the script dates it; a test that runs at midnight finds the one that there is. */
  private Path nightLog() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("logs"))) {
      return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }
  }

  /** An installed Spark that does just this. */
  private Map<String, String> spark(String submit) throws IOException {
    Path program = program("spark/bin/spark-submit", submit);
    Map<String, String> environment = new HashMap<>();
    environment.put("SPARK_HOME", program.getParent().getParent().toString());
    return environment;
  }

  private Path program(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private static String withPath(Path bin) {
    return bin + File.pathSeparator + System.getenv("PATH");
  }
}
