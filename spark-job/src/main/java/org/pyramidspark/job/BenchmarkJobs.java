package org.pyramidspark.job;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.benchmark.Workload;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.executor.EngineSettings;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.report.RunReport;
import org.pyramidspark.tokens.Truncation;

/**
 * Completes a workload as jobs of {@code generate}, greedily, end tokens ignored.
 *
 * @param model its file
 * @param policy of the cache
 * @param newTokens for each row
 * @param engine how it runs
 * @param folder for corpora and outputs, deleted in the end
 */
record BenchmarkJobs(
    Path model, NamedPolicy policy, int newTokens, EngineSettings engine, Path folder)
    implements AutoCloseable {

  static BenchmarkJobs of(Path model, NamedPolicy policy, int newTokens, EngineSettings engine)
      throws IOException {
    return new BenchmarkJobs(
        model, policy, newTokens, engine, Files.createTempDirectory("pyramid-benchmark"));
  }

  /** Writes the workload so many times. */
  Path corpus(Workload work, int copies) throws IOException {
    JsonMapper mapper = new JsonMapper();
    Path corpus = Files.createTempFile(folder, "corpus", ".jsonl");
    try (BufferedWriter lines = Files.newBufferedWriter(corpus)) {
      for (int copy = 0; copy < copies; copy++) {
        for (int row = 0; row < work.prompts().size(); row++) {
          lines.write(
              mapper.writeValueAsString(
                      Map.of(
                          "id",
                          "row %d/%d".formatted(copy, row),
                          "prompt_token_ids",
                          work.prompts().get(row)))
                  + "\n");
        }
      }
    }
    return corpus;
  }

  /**
   * @param partitions splits of the corpus; by default as for {@code generate}
   */
  RunReport run(JavaSparkContext spark, Path corpus, OptionalInt partitions) throws IOException {
    Path output = folder.resolve("out-" + UUID.randomUUID());
    return new GenerateJob(
            spark, options(corpus, output, partitions), GenerateJob.Console.standard())
        .run()
        .orElseThrow();
  }

  private GenerateOptions options(Path corpus, Path output, OptionalInt partitions) {
    return new GenerateOptions(
        model.toString(),
        new CorpusOptions(
            corpus.toString(), CorpusFormat.PROMPTS, OptionalLong.empty(), partitions),
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
        engine,
        0,
        Map.of());
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
