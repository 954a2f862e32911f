package org.pyramidspark.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The scale test, started by {@code bin/scale-test}: many short rows through a tiny model, on two
 * threads and on two workers. Prints memory, the share of time outside the engine, and how soon a
 * driver that was killed at 90 % works again.
 *
 * @param folder for everything
 * @param model the tiny model
 * @param corpus the rows
 */
record ScaleRun(Path folder, Path model, Path corpus) {
  private static final int SPLITS = 100;
  private static final double KILLED_AT = 0.9;
  private static final Pattern HEAP = Pattern.compile("(\\d+)M->(\\d+)M\\(\\d+M\\)");

  /**
   * @param args a new folder, the number of rows, and {@code local}, {@code cluster} or {@code
   *     resume}, or several of these
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    ScaleRun run =
        new ScaleRun(
            folder,
            TestModel.write(folder),
            ScaleCorpus.write(folder.resolve("corpus.jsonl"), Long.parseLong(args[1])));
    for (String part : List.of(args).subList(2, args.length)) {
      switch (part) {
        case "local" -> run.local();
        case "cluster" -> run.cluster();
        case "resume" -> run.resume();
        default -> throw new IllegalArgumentException(part);
      }
    }
  }

  private void local() throws Exception {
    Driver driver = new Driver("local", "local[2]", Map.of());
    try (GenerateProcess process = driver.start()) {
      driver.await(process, MemoryWatch.of(() -> Stream.of(process.handle())));
    }
  }

  private void cluster() throws Exception {
    try (StandaloneCluster cluster = startCluster("cluster")) {
      Driver driver = new Driver("cluster", cluster.url(), clusterSettings());
      try (GenerateProcess process = driver.start()) {
        driver.await(process, MemoryWatch.of(() -> cluster.executors().stream()));
      }
    }
  }

  private StandaloneCluster startCluster(String name) throws Exception {
    return StandaloneCluster.start(Files.createDirectory(folder.resolve(name)), 2);
  }

  /** As {@code deploy/conf/class-archive.conf}. */
  private Map<String, String> clusterSettings() {
    return Map.of(
        "spark.executor.extraClassPath",
        ScriptRun.DIST.resolve("lib") + "/*",
        "spark.executor.extraJavaOptions",
        "-XX:SharedArchiveFile=%s -XX:+AutoCreateSharedArchive"
            .formatted(folder.resolve("executor.jsa")),
        "spark.executor.cores",
        "1",
        "spark.executor.memory",
        "1g",
        "spark.cores.max",
        "2",
        "spark.scheduler.minRegisteredResourcesRatio",
        "1");
  }

  /**
   * Of both runs, which are begun anew, on machines on which a job has run before: JVMs find the
   * archive of classes that it has left.
   */
  private void resume() throws Exception {
    new Driver("before", "local[2]", Map.of()).runFew();
    resume(new Driver("resume", "local[2]", Map.of()), process -> Stream.of(process.handle()));
    try (StandaloneCluster cluster = startCluster("resume-cluster")) {
      new Driver("before-cluster", cluster.url(), clusterSettings()).runFew();
      cluster.awaitExecutorsEnd();
      resume(
          new Driver("resume-cluster", cluster.url(), clusterSettings()),
          process -> cluster.executors().stream());
    }
  }

  /**
   * @param executors those of a driver
   */
  private static void resume(
      Driver driver, Function<GenerateProcess, Stream<ProcessHandle>> executors) throws Exception {
    try (GenerateProcess process = driver.start()) {
      process.awaitCommits(driver.output(), (int) (KILLED_AT * SPLITS));
      process.kill();
    }
    // A resumed run deletes files of splits that were not committed, so their number may fall.
    Set<Path> earlier = Set.copyOf(driver.parts());
    long start = System.nanoTime();
    try (GenerateProcess process = driver.start("--resume")) {
      while (earlier.containsAll(driver.parts())) {
        process.checkAlive();
        Thread.sleep(50);
      }
      System.out.printf(
          "%s: the first split is begun after %.1f s%n",
          driver.name, (System.nanoTime() - start) / 1e9);
      driver.await(process, MemoryWatch.of(() -> executors.apply(process)));
    }
  }

  /** A job's driver, in a process with a heap of 1 GB. */
  private final class Driver {
    private final String name;
    private final String master;
    private final Map<String, String> settings;

    Driver(String name, String master, Map<String, String> settings) {
      this.name = name;
      this.master = master;
      this.settings = settings;
    }

    Path output() {
      return folder.resolve(name + "-out");
    }

    GenerateProcess start(String... more) throws IOException {
      List<String> flags = new ArrayList<>(List.of("-Xmx1g", "-Xlog:gc:file=" + gcLog()));
      settings.forEach((key, value) -> flags.add("-D%s=%s".formatted(key, value)));
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "--model",
                  model.toString(),
                  "--input",
                  corpus.toString(),
                  "--output",
                  output().toString(),
                  "--master",
                  master,
                  "--partitions",
                  "" + SPLITS,
                  "--max-new-tokens",
                  "4"));
      arguments.addAll(List.of(more));
      return GenerateProcess.launch(folder.resolve(name + ".log"), flags, arguments);
    }

    void runFew() throws Exception {
      try (GenerateProcess process = start("--limit", "1000")) {
        process.handle().onExit().join();
        if (process.awaitEnd() != 0) {
          throw new IllegalStateException(process.log());
        }
      }
    }

    /** Files of rows, those of attempts that were not committed included. */
    List<Path> parts() throws IOException {
      return Files.exists(output()) ? RunFiles.parts(output()) : List.of();
    }

    void await(GenerateProcess process, MemoryWatch memory) throws Exception {
      while (process.handle().isAlive()) {
        if (!parts().isEmpty()) {
          memory.sample();
        }
        Thread.sleep(1000);
      }
      JsonNode report = CommandRun.report(output());
      System.out.printf("%s: MiB of executors, by tenths of the time: %s%n", name, memory.tenths());
      System.out.printf("%s: %s%n", name, heap());
      System.out.printf("%s: %s%n", name, bookkeeping(report));
      System.out.printf("%s: %s%n", name, report.get("throughput"));
      System.out.printf("%s: %s%n", name, report.get("executors"));
      System.out.printf("%s: seconds of engines %s%n", name, report.get("breakdown"));
    }

    private static String bookkeeping(JsonNode report) {
      double total = report.at("/throughput/total_seconds").asDouble();
      double stage = report.at("/throughput/generate_seconds").asDouble();
      List<Double> idle = report.findValues("idle_share").stream().map(JsonNode::asDouble).toList();
      return "%.1f s, of it %.1f s before and after the rows; executors without a task %s of the rest"
          .formatted(total, total - stage, idle);
    }

    private Path gcLog() {
      return folder.resolve(name + "-gc.log");
    }

    private String heap() throws IOException {
      long used = 0;
      long live = 0;
      for (String line : Files.readAllLines(gcLog())) {
        Matcher heap = HEAP.matcher(line);
        if (heap.find()) {
          used = Math.max(used, Long.parseLong(heap.group(1)));
          live = Math.max(live, Long.parseLong(heap.group(2)));
        }
      }
      return "driver's heap: at most %,d MiB, of it %,d MiB after a collection"
          .formatted(used, live);
    }
  }
}
