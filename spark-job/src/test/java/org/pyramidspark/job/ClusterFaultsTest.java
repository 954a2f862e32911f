package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors that are killed or hang: each row is there once, as if nothing had happened. */
class ClusterFaultsTest {
  private static final int SPLITS = 8;

  @TempDir static Path shared;
  private static StandaloneCluster cluster;
  private static Map<String, String> undisturbed;

  @TempDir Path folder;
  private final Map<String, String> settings = new HashMap<>();

  @BeforeAll
  static void startCluster() throws Exception {
    TestModel.write(shared);
    SlowCorpus.write(shared.resolve("in"));
    CommandRun run = generate("local[2]", shared.resolve("undisturbed"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    undisturbed = RunFiles.rows(shared.resolve("undisturbed"));
    Path copy = Files.copy(shared.resolve("model.gguf"), shared.resolve("copy.gguf"));
    cluster =
        StandaloneCluster.start(
            Files.createDirectory(shared.resolve("cluster")),
            2,
            Map.of(),
            OtherMounts.mayBind()
                ? OtherMounts.withFileInPlaceOf(copy, shared.resolve("model.gguf"))
                : List.of());
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void setUp() {
    settings.put("spark.executor.extraClassPath", StandaloneCluster.classFolders());
    settings.put("spark.executor.cores", "1");
    settings.put("spark.executor.memory", "1g");
    settings.put("spark.cores.max", "2");
    settings.put("spark.scheduler.minRegisteredResourcesRatio", "1");
  }

  @AfterEach
  void forgetSettings() {
    settings.keySet().forEach(System::clearProperty);
  }

  private static CommandRun generate(String master, Path output, String... more) {
    return generate(master, output.toString(), more);
  }

  private static CommandRun generate(String master, String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                shared.resolve("model.gguf").toString(),
                "--input",
                shared.resolve("in").toString(),
                "--output",
                output,
                "--master",
                master,
                "--policy",
                "full",
                "--ignore-eos",
                "--max-new-tokens",
                "400",
                "--partitions",
                Integer.toString(SPLITS)));
    arguments.addAll(List.of(more));
    return CommandRun.generate(arguments.toArray(String[]::new));
  }

  private CompletableFuture<CommandRun> startAndAwaitACommit(Path output) throws Exception {
    settings.forEach(System::setProperty);
    CompletableFuture<CommandRun> run =
        CompletableFuture.supplyAsync(() -> generate(cluster.url(), output));
    while (RunFiles.manifests(output).isEmpty()) {
      assertThat(run).as("ended before its first commit").isNotDone();
      Thread.sleep(20);
    }
    return run;
  }

  private static void assertAsUndisturbed(CommandRun run, Path output) throws Exception {
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(RunFiles.rows(output)).isEqualTo(undisturbed).hasSize(SlowCorpus.ROWS);
    assertThat(RunFiles.parts(output)).hasSize(SPLITS);
    assertThat(CommandRun.report(output).at("/rows/total").asInt()).isEqualTo(SlowCorpus.ROWS);
  }

  @Test
  void anExecutorThatIsKilledLosesOnlyWhatItHasNotCommitted() throws Exception {
    Path output = folder.resolve("out");
    CompletableFuture<CommandRun> run = startAndAwaitACommit(output);
    List<ProcessHandle> executors = cluster.executors();
    List<Path> committed = RunFiles.manifests(output);

    assertThat(executors).hasSize(2);
    executors.getFirst().destroyForcibly();

    assertAsUndisturbed(run.get(5, TimeUnit.MINUTES), output);
    assertThat(committed).hasSizeLessThan(SPLITS);
  }

  @Test
  void anExecutorThatHangsIsOvertakenBySpeculationAndWritesNothingLater() throws Exception {
    speculateSoon();
    // At its end Spark asks all executors to forget what was broadcast, and waits for this one.
    settings.put("spark.rpc.askTimeout", "10s");
    Path output = folder.resolve("out");
    CompletableFuture<CommandRun> run = startAndAwaitACommit(output);
    ProcessHandle hanging = cluster.executors().getFirst();

    signal("STOP", hanging);
    try {
      assertAsUndisturbed(run.get(5, TimeUnit.MINUTES), output);
    } finally {
      signal("CONT", hanging);
    }
    hanging.onExit().get(30, TimeUnit.SECONDS);
    assertAsUndisturbed(run.join(), output);
  }

  private void speculateSoon() {
    settings.put("spark.speculation", "true");
    settings.put("spark.speculation.interval", "100ms");
    settings.put("spark.speculation.quantile", "0.5");
    settings.put("spark.speculation.multiplier", "1.2");
    settings.put("spark.speculation.minTaskRuntime", "100ms");
  }

  @Test
  void anExecutorThatHangsWhileItCommitsIsOvertakenByOneThatWasNotChosen() throws Exception {
    speculateSoon();
    Path hung = folder.resolve("hung");
    settings.put("spark.hadoop.fs.hangs.impl", HangingFileSystem.class.getName());
    settings.put("spark.hadoop." + HangingFileSystem.HUNG, hung.toString());
    settings.forEach(System::setProperty);
    Path output = folder.resolve("out");

    CommandRun run = generate(cluster.url(), "hangs:" + output);

    assertThat(hung).exists();
    assertAsUndisturbed(run, output);
  }

  @Test
  void aModelThatIsAnotherOnOneHostIsSaidAndMended() throws Exception {
    assumeTrue(OtherMounts.mayBind(), "this user may not give a process mounts of its own");
    settings.forEach(System::setProperty);
    Path output = folder.resolve("out");
    // What the last worker sees in the model's place.
    Path copy = shared.resolve("copy.gguf");
    byte[] right = Files.readAllBytes(copy);
    byte[] wrong = right.clone();
    wrong[wrong.length - 1] ^= 1;

    Files.write(copy, wrong);
    CommandRun other = generate(cluster.url(), output);
    Files.write(copy, Arrays.copyOf(right, right.length / 2));
    CommandRun damaged = generate(cluster.url(), output, "--resume");
    Files.write(copy, right);
    CommandRun mended = generate(cluster.url(), output, "--resume");

    for (CommandRun refused : List.of(other, damaged)) {
      assertThat(refused.exitCode()).as(refused.err()).isEqualTo(JobCommands.BAD_INPUT);
      assertThat(refused.err())
          .startsWith("Model " + shared.resolve("model.gguf"))
          .contains(" on host ", "copy the same file to every host");
    }
    assertThat(other.err()).contains("has SHA-256");
    assertAsUndisturbed(mended, output);
  }

  @Test
  void aRowThatKillsItsJvmIsFoundAndLeftOut() throws Exception {
    Path output = folder.resolve("out");
    settings.put("spark.plugins", PoisonPlugin.class.getName());
    settings.put(PoisonPlugin.OUTPUT, output.toString());
    settings.put(PoisonPlugin.TASK, Integer.toString(taskOf(2)));
    settings.put(PoisonPlugin.SPLIT, "2");
    settings.put(PoisonPlugin.ROW, "1");
    settings.forEach(System::setProperty);

    CommandRun run = generate(cluster.url(), output);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobCommands.ERROR_ROWS);
    assertThat(CommandRun.report(output).at("/rows/error_kinds/quarantined").asInt()).isOne();
    Map<String, String> rows = RunFiles.rows(output);
    assertThat(rows.keySet()).isEqualTo(undisturbed.keySet());
    List<String> others =
        rows.keySet().stream().filter(id -> !rows.get(id).equals(undisturbed.get(id))).toList();
    // Four rows of a split cost the same within a little; the poison row is the second of split 2.
    assertThat(others).containsExactly("a.jsonl#10");
    assertThat(rows.get("a.jsonl#10"))
        .contains("error", "a.jsonl", "line 10", "process died", "while it was alone");
    assertThat(output.resolve("_pyramid/marks")).doesNotExist();
  }

  /** Tasks do the splits first that cost most. */
  private static int taskOf(int split) throws IOException {
    List<JsonNode> splits = new ArrayList<>();
    for (String line : Files.readAllLines(shared.resolve("undisturbed/_pyramid/splits.jsonl"))) {
      splits.add(new ObjectMapper().readTree(line));
    }
    splits.sort(Comparator.comparingLong(ClusterFaultsTest::cost).reversed());
    return splits.stream().map(line -> line.get("split").asInt()).toList().indexOf(split);
  }

  private static long cost(JsonNode split) {
    return split.findValuesAsText("cost").stream().mapToLong(Long::parseLong).sum();
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    int exitCode =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(exitCode).isZero();
  }
}
