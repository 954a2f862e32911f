package org.pyramidspark.job;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.benchmark.Benchmark;
import org.pyramidspark.benchmark.BenchmarkReport;
import org.pyramidspark.benchmark.BenchmarkText;
import org.pyramidspark.benchmark.Workload;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.report.RunReport;
import org.pyramidspark.tokens.Truncation;
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
    Path file =
        ModelStore.standard()
            .resolve(model, line -> spec.commandLine().getErr().println("model: " + line));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Workload work =
          workload == null
              ? Workload.synthetic(checkpoint.config().vocabularySize())
              : Workload.read(workload);
      EngineOptions options = engine.settings().options(Runtime.getRuntime().availableProcessors());
      BenchmarkReport report =
          new Benchmark(options, newTokens, repeats, this::progress)
              .run(checkpoint, work, namedPolicies(), policy -> sparkSeconds(file, work, policy));
      spec.commandLine().getOut().println(json ? report.toJson() : BenchmarkText.of(report));
      spec.commandLine().getOut().flush();
    }
    return JobCommands.OK;
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
            SparkSessions.conf(Optional.of("local[*]"), "pyramid-spark benchmark"))) {
      Path folder = Files.createTempDirectory("pyramid-benchmark");
      try {
        Path corpus = folder.resolve("corpus.jsonl");
        Files.write(corpus, corpusLines(work));
        List<Double> seconds = new ArrayList<>();
        // The executor keeps its engine from job to job: the first one loads it and warms it up.
        for (int i = 0; i <= repeats; i++) {
          progress("%s in Spark, job %d of %d".formatted(policy.name(), i + 1, repeats + 1));
          Path output = folder.resolve("out" + i);
          RunReport report =
              new GenerateJob(
                      spark, options(file, corpus, output, policy), GenerateJob.Console.standard())
                  .run()
                  .orElseThrow();
          if (i > 0) {
            seconds.add(report.throughput().generateSeconds());
          }
        }
        return seconds.stream().sorted().skip(repeats / 2).findFirst().orElseThrow();
      } finally {
        delete(folder);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private List<String> corpusLines(Workload work) {
    JsonMapper mapper = new JsonMapper();
    return IntStream.range(0, work.prompts().size())
        .mapToObj(
            row ->
                mapper
                    .valueToTree(
                        Map.of("id", "row " + row, "prompt_token_ids", work.prompts().get(row)))
                    .toString())
        .toList();
  }

  private GenerateOptions options(Path file, Path corpus, Path output, NamedPolicy policy) {
    return new GenerateOptions(
        file.toString(),
        new CorpusOptions(
            corpus.toString(), CorpusFormat.PROMPTS, OptionalLong.empty(), OptionalInt.empty()),
        Optional.empty(),
        new GenerateOptions.Output(output.toString(), false),
        new RowSettings(
            policy.policy(),
            SamplingOptions.greedy(),
            newTokens,
            List.of(),
            true,
            GuardSettings.OFF,
            new RowSettings.PromptLimit(Integer.MAX_VALUE, Truncation.ERROR)),
        Optional.empty(),
        engine.settings(),
        0,
        Map.of());
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
