package org.pyramidspark.benchmark;

import java.util.List;
import java.util.Map;
import org.pyramidspark.report.ReportJson;

/**
 * What was measured. The names of its JSON are those of the components, in snake case.
 *
 * @param workload what was completed
 * @param rows its prompts
 * @param promptTokens their tokens
 * @param newTokens generated for each, end tokens ignored
 * @param machine processor, cores and kernels
 * @param computeType of the engine
 * @param kvType of the engine
 * @param rates what the machine gave at most, before the runs
 * @param policies one for each policy
 * @param peakRssBytes the most memory that the process had
 */
public record BenchmarkReport(
    String workload,
    int rows,
    long promptTokens,
    int newTokens,
    Machine machine,
    String computeType,
    String kvType,
    Rates rates,
    List<PolicyResult> policies,
    long peakRssBytes) {

  /** Where it was measured. */
  public record Machine(String cpu, int threads, String kernels) {}

  /** Giga floating-point operations, and gigabytes, a second. */
  public record Rates(double float32Gflops, double bfloat16Gflops, double memoryGbytes) {}

  /**
   * One policy. Times are of the run whose total is the median.
   *
   * @param policy as it was given
   * @param keptKvFraction share of the prompts' entries kept after prefill
   * @param totalSeconds from the first prompt to the last token
   * @param allTotalSeconds those of all runs, in order
   * @param prefillSeconds that computing prompts took
   * @param decodeSeconds that computing generated tokens took
   * @param rowsPerSecond of the total
   * @param promptTokensPerSecond of the total
   * @param newTokensPerSecond of the total
   * @param peakKvBytes the most bytes of KV cache
   * @param mostRunningRows the most rows at once
   * @param meanRunningRows rows at once in a step of generated tokens, on average
   * @param idealSeconds the work at the machine's rates
   * @param toIdeal the total by the ideal
   * @param sparkSeconds the same rows as a Spark job, less start-up and model load; null if not
   *     asked for
   * @param breakdown seconds by what they were spent on
   */
  public record PolicyResult(
      String policy,
      double keptKvFraction,
      double totalSeconds,
      List<Double> allTotalSeconds,
      double prefillSeconds,
      double decodeSeconds,
      double rowsPerSecond,
      double promptTokensPerSecond,
      double newTokensPerSecond,
      long peakKvBytes,
      int mostRunningRows,
      double meanRunningRows,
      double idealSeconds,
      double toIdeal,
      Double sparkSeconds,
      Map<String, Double> breakdown) {}

  /** The report for programs. */
  public String toJson() {
    return ReportJson.of(this);
  }
}
