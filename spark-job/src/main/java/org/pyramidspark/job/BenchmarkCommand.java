package org.pyramidspark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.benchmark.Benchmark;
import org.pyramidspark.benchmark.BenchmarkReport;
import org.pyramidspark.benchmark.BenchmarkText;
import org.pyramidspark.benchmark.ClusterReport;
import org.pyramidspark.benchmark.ClusterText;
import org.pyramidspark.benchmark.Median;
import org.pyramidspark.benchmark.Workload;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmark}: how fast this machine completes a workload, and how fast it could. */
@Command(
    name = "benchmark",
    description = {
      "Measures the engine on a workload under several policies, next to what the machine gives.",
      "Greedy, end tokens ignored. After a warm-up: all rows with 16 new tokens, for each policy."
    },
    sortOptions = false)
public final class BenchmarkCommand implements Callable<Integer> {
  private static final String SUBMITTED = "";

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "A GGUF file, or the name of a known model, which is fetched.")
  private String model;

  @Option(
      names = "--workload",
      paramLabel = "FILE",
      description = "JSONL with prompt_token_ids (default: 8 prompts of 1,024 random tokens).")
  private Path workload;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description =
          "A policy or a preset of pyramid, with or without changes, such as"
              + " llama2-7b:prefill_decay=0.5; may be repeated (default: full and "
              + Policies.DEFAULT
              + ").")
  private List<String> policies = new ArrayList<>();

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens to generate for each row, at least 2 (default: ${DEFAULT-VALUE}).")
  private int newTokens;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each policy; the median counts (default: ${DEFAULT-VALUE}).")
  private int repeats;

  @Option(
      names = "--spark",
      description =
          "Complete the same rows as a Spark job on local[*] too, timed without start-up and model"
              + " load.")
  private boolean inSpark;

  @Option(
      names = "--cluster",
      arity = "0..1",
      fallbackValue = SUBMITTED,
      paramLabel = "URL",
      description =
          "Measure jobs on executors of one core instead, from one up, under the first policy, on"
              + " this master (default: that of spark-submit).")
  private String cluster;

  @Option(
      names = "--executors",
      paramLabel = "N",
      defaultValue = "2",
      description = "With --cluster: the most executors (default: ${DEFAULT-VALUE}).")
  private int executors;

  @Option(
      names = "--copies",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "With --cluster: how often one executor completes the workload (default: ${DEFAULT-VALUE}).")
  private int copies;

  @Option(names = "--json", description = "Print JSON for programs.")
  private boolean json;

  @Mixin private EngineArguments engine;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    if (newTokens < 2 || repeats < 1) {
      throw InvalidInputException.of(
          "Options --max-new-tokens %d and --repeat %d; give 2 or more and 1 or more.",
          newTokens, repeats);
    }
    if (executors < 1 || copies < 1) {
      throw InvalidInputException.of(
          "Options --executors %d and --copies %d; give 1 or more of each.", executors, copies);
    }
    Path file =
        ModelStore.standard()
            .resolve(model, line -> spec.commandLine().getErr().println("model: " + line));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Workload work =
          workload == null
              ? Workload.synthetic(checkpoint.config().vocabularySize())
              : Workload.read(workload);
      if (cluster != null) {
        print(onCluster(file, work));
        return JobCommands.OK;
      }
      EngineOptions options = engine.settings().options(Runtime.getRuntime().availableProcessors());
      BenchmarkReport report =
          new Benchmark(options, newTokens, repeats, this::progress)
              .run(checkpoint, work, namedPolicies(), policy -> sparkSeconds(file, work, policy));
      print(json ? report.toJson() : BenchmarkText.of(report));
    }
    return JobCommands.OK;
  }

  private String onCluster(Path file, Workload work) throws IOException {
    try (BenchmarkJobs jobs =
        BenchmarkJobs.of(file, namedPolicies().getFirst(), newTokens, engine.settings())) {
      ClusterReport report =
          new ClusterBenchmark(
                  Optional.of(cluster).filter(url -> !url.equals(SUBMITTED)),
                  executors,
                  copies,
                  repeats,
                  this::progress)
              .run(jobs, work);
      return json ? report.toJson() : ClusterText.of(report);
    }
  }

  private void print(String report) {
    spec.commandLine().getOut().println(report);
    spec.commandLine().getOut().flush();
  }

  private List<NamedPolicy> namedPolicies() {
    List<String> names = policies.isEmpty() ? List.of("full", Policies.DEFAULT) : policies;
    return names.stream().map(NamedPolicy::parse).toList();
  }

  private void progress(String line) {
    spec.commandLine().getErr().println("benchmark: " + line);
  }

  /** The median of the same number of jobs; null where none is wanted. */
  private Double sparkSeconds(Path file, Workload work, NamedPolicy policy) {
    if (!inSpark) {
      return null;
    }
    try (JavaSparkContext spark =
            new JavaSparkContext(
                SparkSessions.conf(Optional.of("local[*]"), "pyramid-spark benchmark"));
        BenchmarkJobs jobs = BenchmarkJobs.of(file, policy, newTokens, engine.settings())) {
      Path corpus = jobs.corpus(work, 1);
      List<Double> seconds = new ArrayList<>();
      // The executor keeps its engine from job to job: the first one loads it and warms it up.
      for (int i = 0; i <= repeats; i++) {
        progress("%s in Spark, job %d of %d".formatted(policy.name(), i + 1, repeats + 1));
        RunReport report = jobs.run(spark, corpus, OptionalInt.empty());
        if (i > 0) {
          seconds.add(report.throughput().generateSeconds());
        }
      }
      return Median.of(seconds, Double::doubleValue);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
