package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.pyramidspark.config.EngineOptions.Kernel;
import org.pyramidspark.config.KvType;
import org.pyramidspark.planning.MachineRates;

/**
 * Measures all kernels with JMH and prints one table, next to the machine's own rates, the best of
 * those measured right before and right after: the share of these is what to compare. Started by
 * {@code bin/benchmark-kernels}.
 */
public final class KernelBenchmarks {
  private static final double GIGA = 1e9;

  /** Of the memory read rate, for decode attention. */
  private static final double WANTED_OF_MEMORY = 0.75;

  /** Of TensorFlow's float32 MatMuls, for prefill attention. */
  private static final double WANTED_OF_MATMUL = 0.65;

  private final MachineRates rates;
  private final Collection<RunResult> results;
  private final List<String> lines = new ArrayList<>();

  private KernelBenchmarks(MachineRates rates, Collection<RunResult> results) {
    this.rates = rates;
    this.results = results;
  }

  /**
   * @param args a regular expression for the names of the benchmarks to run, by default all
   */
  public static void main(String[] args) throws RunnerException {
    MachineRates before = measureMachine();
    var options =
        new OptionsBuilder()
            .include(args.length > 0 ? args[0] : "org\\.pyramidspark\\.op\\..*Benchmark\\.")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(1))
            .forks(1)
            .verbosity(VerboseMode.SILENT)
            .build();
    System.err.println("measuring the kernels");
    Collection<RunResult> results = new Runner(options).run();
    System.out.print(new KernelBenchmarks(best(before, measureMachine()), results).table());
  }

  private static MachineRates measureMachine() {
    System.err.println("measuring the machine");
    return MachineRates.measure(BenchmarkModel.threads());
  }

  private static MachineRates best(MachineRates a, MachineRates b) {
    return new MachineRates(
        Math.max(a.float32Flops(), b.float32Flops()),
        Math.max(a.bfloat16Flops(), b.bfloat16Flops()),
        Math.max(a.memoryBytes(), b.memoryBytes()));
  }

  private String table() {
    lines.add(
        "%d threads, kernels %s, compute type %s"
            .formatted(
                BenchmarkModel.threads(),
                KernelChoice.of(Kernel.AUTO).cache().name(),
                BenchmarkModel.computeType().label()));
    lines.add(
        "yardsticks: memory read %.1f GB/s; TensorFlow's large MatMuls: float32 %.0f, bfloat16 %.0f GFLOP/s"
            .formatted(
                rates.memoryBytes() / GIGA,
                rates.float32Flops() / GIGA,
                rates.bfloat16Flops() / GIGA));
    lines.add("");
    lines.add("%-44s %9s %10s %9s %7s".formatted("kernel", "us", "rate", "share of", "wanted"));
    results.forEach(this::add);
    addCostOfScoring();
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  private void add(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    switch (benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1)) {
      case "DecodeAttentionBenchmark.attend" -> {
        KvType type = kvType(result);
        addMemory(
            "decode attention, 32 x 2,048, KV " + type.label(),
            result,
            DecodeAttentionBenchmark.bytes(type),
            "%.2f".formatted(WANTED_OF_MEMORY));
      }
      case "PrefillAttentionBenchmark.attend" ->
          addArithmetic(
              "prefill attention, 2,048, KV %s%s"
                  .formatted(kvType(result).label(), isScored(result) ? ", scored" : ""),
              result,
              PrefillAttentionBenchmark.operations(),
              "%.2f".formatted(WANTED_OF_MATMUL));
      case "ProjectionBenchmark.project" -> addProjection(result);
      case "RowKernelsBenchmark.addNorm" ->
          addMemory("add and norm", result, RowKernelsBenchmark.bytesOfAddNorm(), "");
      case "RowKernelsBenchmark.swiGlu" ->
          addMemory("SwiGLU", result, RowKernelsBenchmark.bytesOfSwiGlu(), "");
      default -> throw new IllegalStateException(benchmark);
    }
  }

  private void addProjection(RunResult result) {
    int rows = Integer.parseInt(result.getParams().getParam("rows"));
    String kernel = "projection of %,d rows".formatted(rows);
    if (ProjectionBenchmark.isFew(rows)) {
      addMemory(kernel, result, ProjectionBenchmark.bytes(rows), "");
    } else {
      addArithmetic(kernel, result, ProjectionBenchmark.operations(rows), "");
    }
  }

  private void addMemory(String kernel, RunResult result, double bytes, String wanted) {
    double rate = bytes / nanos(result) * GIGA;
    add(
        kernel,
        result,
        "%.1f GB/s".formatted(rate / GIGA),
        rate / rates.memoryBytes(),
        "read",
        wanted);
  }

  private void addArithmetic(String kernel, RunResult result, double operations, String wanted) {
    double rate = operations / nanos(result) * GIGA;
    add(
        kernel,
        result,
        "%.0f GFLOP/s".formatted(rate / GIGA),
        rate / rates.float32Flops(),
        "fp32",
        wanted);
  }

  private void add(
      String kernel, RunResult result, String rate, double share, String yardstick, String wanted) {
    lines.add(
        "%-44s %,9.0f %12s  %.2f %-5s %s"
            .formatted(kernel, nanos(result) / 1e3, rate, share, yardstick, wanted)
            .stripTrailing());
  }

  private void addCostOfScoring() {
    for (KvType type : KvType.values()) {
      double plain = prefillNanos(type, false);
      double scored = prefillNanos(type, true);
      if (plain > 0 && scored > 0) {
        lines.add(
            "scoring costs %.0f %% of prefill attention, KV %s"
                .formatted(100 * (scored / plain - 1), type.label()));
      }
    }
  }

  /** 0 if it was not measured. */
  private double prefillNanos(KvType type, boolean scored) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().contains("PrefillAttention"))
        .filter(result -> kvType(result) == type && isScored(result) == scored)
        .mapToDouble(KernelBenchmarks::nanos)
        .findFirst()
        .orElse(0);
  }

  private static KvType kvType(RunResult result) {
    return KvType.valueOf(result.getParams().getParam("kvType"));
  }

  private static boolean isScored(RunResult result) {
    return Boolean.parseBoolean(result.getParams().getParam("scored"));
  }

  private static double nanos(RunResult result) {
    return result.getPrimaryResult().getScore();
  }
}
