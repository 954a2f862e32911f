package org.pyramidspark.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.pyramidspark.benchmark.BenchmarkReport.PolicyResult;
import org.pyramidspark.benchmark.BenchmarkReport.Rates;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.engine.InferenceEngine;
import org.pyramidspark.metrics.Machine;
import org.pyramidspark.planning.MachineRates;
import org.pyramidspark.planning.Work;
import org.pyramidspark.planning.WorkEstimate;
import org.pyramidspark.tokens.Tokenizer;

/**
 * Measures one engine on one workload under several policies: the machine's rates first, a warm-up,
 * then the runs, policy by policy in turns, so that a machine that slows down slows all alike.
 *
 * @param options how the engine runs
 * @param newTokens tokens for each row
 * @param repeats runs of each policy
 * @param progress is told what is going on
 */
public record Benchmark(
    EngineOptions options, int newTokens, int repeats, Consumer<String> progress) {
  private static final int WARM_UP_TOKENS = 16;
  private static final double GIGA = 1e9;

  /** A run of the same rows as a Spark job, in seconds; empty if none is wanted. */
  public interface SparkRun {
    Double seconds(NamedPolicy policy);
  }

  public BenchmarkReport run(
      Checkpoint checkpoint, Workload workload, List<NamedPolicy> policies, SparkRun spark) {
    progress.accept("measuring the machine");
    MachineRates rates = MachineRates.measure(options.threads());
    Map<NamedPolicy, List<EngineRun>> runs = new LinkedHashMap<>();
    String kernels;
    try (Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary());
        InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
      kernels = engine.kernels();
      warmUp(engine, workload, policies);
      for (int i = 1; i <= repeats; i++) {
        for (NamedPolicy policy : policies) {
          progress.accept("%s, run %d of %d".formatted(policy.name(), i, repeats));
          runs.computeIfAbsent(policy, key -> new ArrayList<>())
              .add(EngineRun.of(engine, workload, policy.policy(), newTokens));
        }
      }
    }
    long peakRss = peakRss();
    List<PolicyResult> results = new ArrayList<>();
    runs.forEach(
        (policy, all) ->
            results.add(
                result(policy, all, checkpoint.config(), workload, rates, spark.seconds(policy))));
    return new BenchmarkReport(
        workload.name(),
        workload.prompts().size(),
        workload.promptTokens(),
        newTokens,
        new BenchmarkReport.Machine(Machine.here().cpu(), options.threads(), kernels),
        options.computeType().label(),
        options.kvType().label(),
        new Rates(
            rates.float32Flops() / GIGA, rates.bfloat16Flops() / GIGA, rates.memoryBytes() / GIGA),
        results,
        peakRss);
  }

  private void warmUp(InferenceEngine engine, Workload workload, List<NamedPolicy> policies) {
    for (NamedPolicy policy : policies) {
      progress.accept(
          "warm-up: all rows with %d new tokens, %s".formatted(WARM_UP_TOKENS, policy.name()));
      EngineRun.of(engine, workload, policy.policy(), WARM_UP_TOKENS);
    }
  }

  private PolicyResult result(
      NamedPolicy named,
      List<EngineRun> runs,
      ModelConfig model,
      Workload workload,
      MachineRates rates,
      Double sparkSeconds) {
    EngineRun median = Median.of(runs, EngineRun::seconds);
    Work work = new WorkEstimate(model, options, named.policy(), newTokens).of(workload.lengths());
    double ideal = work.idealSeconds(rates, matMulFlops(rates));
    Map<String, Double> breakdown = new LinkedHashMap<>();
    median.breakdown().forEach((part, seconds) -> breakdown.put(part.label(), seconds));
    int rows = workload.prompts().size();
    return new PolicyResult(
        named.name(),
        kept(named.policy(), model, workload),
        median.seconds(),
        runs.stream().map(EngineRun::seconds).toList(),
        median.prefillSeconds(),
        median.decodeSeconds(),
        rows / median.seconds(),
        workload.promptTokens() / median.seconds(),
        (double) rows * newTokens / median.seconds(),
        median.after().peakKvBytes(),
        median.after().mostRunningSequences(),
        median.meanRunning(),
        ideal,
        median.seconds() / ideal,
        sparkSeconds,
        breakdown);
  }

  private double matMulFlops(MachineRates rates) {
    return options.computeType() == ComputeType.BFLOAT16
        ? rates.bfloat16Flops()
        : rates.float32Flops();
  }

  private static double kept(CachePolicy policy, ModelConfig model, Workload workload) {
    double kept = 0;
    for (int tokens : workload.lengths()) {
      kept += policy.prefill(PromptShape.of(tokens), model.numLayers()).keptFraction() * tokens;
    }
    return kept / workload.promptTokens();
  }

  /** The most memory that this process had, in bytes; 0 where the system does not say. */
  private static long peakRss() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException notLinux) {
      return 0;
    }
  }
}
