package org.pyramidspark.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.pyramidspark.metrics.ExampleRow;

/**
 * Everything that is known about a finished run. The names of {@code report.json} are those of the
 * components, in snake case.
 *
 * @param started when the run started, ISO 8601
 * @param sessions one, and one more for each time that the run was resumed and finished a split
 * @param settings what the user asked for, by option
 * @param model the model's name, path and hash
 * @param rows counts of rows
 * @param throughput rates
 * @param kv the KV cache against a full one
 * @param latency times of rows
 * @param rouge against references; null where no row has one
 * @param guard what watching the loss gave; null where nothing was watched
 * @param errorRows some of the error rows
 * @param sampledRows some of the completed rows, whole
 * @param breakdown seconds of all engines by what they were spent on
 * @param executors how busy each was
 * @param engines one for each engine that worked
 * @param versions of what it ran on
 */
public record RunReport(
    String started,
    List<Session> sessions,
    Map<String, String> settings,
    Model model,
    Rows rows,
    Throughput throughput,
    Kv kv,
    Latencies latency,
    Rouge rouge,
    GuardReport guard,
    List<ErrorRow> errorRows,
    List<ExampleRow> sampledRows,
    Map<String, Double> breakdown,
    List<Executor> executors,
    List<Engine> engines,
    Map<String, String> versions) {

  /**
   * @param started when, ISO 8601
   * @param seconds that it took, until its last finished split where it was stopped
   * @param splits that it finished
   * @param rows of these
   */
  public record Session(String started, double seconds, int splits, long rows) {}

  /**
   * @param name the model's own name
   * @param path of its file
   * @param sha256 of its file
   */
  public record Model(String name, String path, String sha256) {}

  /**
   * @param total rows of the output
   * @param errors error rows
   * @param truncated rows whose prompt was cut
   * @param finishReasons rows by why they ended
   * @param errorKinds error rows by kind
   */
  public record Rows(
      long total,
      long errors,
      long truncated,
      Map<String, Long> finishReasons,
      Map<String, Long> errorKinds) {}

  /**
   * Rates over the whole run, and those of the engines' prefill and decode steps apart: tokens by
   * the time of such steps, added up over the engines.
   *
   * @param totalSeconds from the start of the job to its last row, reading the corpus included;
   *     where the run was stopped and resumed, of all sessions together
   * @param generateSeconds of that, the stage that completes rows, loading the model included
   * @param modelLoadSeconds the longest load of the model by an engine, part of the former
   * @param rowsPerSecond of {@code generateSeconds}
   * @param promptTokens of all rows
   * @param promptTokensPerSecond of {@code generateSeconds}
   * @param generatedTokens of all rows
   * @param generatedTokensPerSecond of {@code generateSeconds}
   * @param prefillTokensPerSecond in prefill steps
   * @param decodeTokensPerSecond in decode steps
   * @param prefillSeconds that computing prompts took, over all engines
   * @param decodeSeconds that computing generated tokens took, over all engines
   */
  public record Throughput(
      double totalSeconds,
      double generateSeconds,
      double modelLoadSeconds,
      double rowsPerSecond,
      long promptTokens,
      double promptTokensPerSecond,
      long generatedTokens,
      double generatedTokensPerSecond,
      double prefillTokensPerSecond,
      double decodeTokensPerSecond,
      double prefillSeconds,
      double decodeSeconds) {}

  /**
   * @param keptFraction share of the prompts' entries kept after prefill
   * @param keptByLayer the same for each layer; empty where no row was completed
   * @param rowPeakBytes sum of the rows' peaks
   * @param fullBytes what the rows would have taken with a full cache
   * @param peakToFull the former by the latter
   * @param sharedPromptTokens prompt tokens that were not computed again, since another row's cache
   *     had them
   * @param sharedBytes cache pages of these that were not stored twice; {@code rowPeakBytes} and
   *     {@code fullBytes} count them for every row
   * @param enginePeakBytes the most bytes that one engine's cache took at once
   * @param engineBudgetBytes the most that it might take
   * @param mostRunningRows the most rows that one engine completed at once
   * @param setBacks how often a row gave its memory up and began anew, since the budget was used up
   */
  public record Kv(
      double keptFraction,
      List<Double> keptByLayer,
      long rowPeakBytes,
      long fullBytes,
      double peakToFull,
      long sharedPromptTokens,
      long sharedBytes,
      long enginePeakBytes,
      long engineBudgetBytes,
      long mostRunningRows,
      long setBacks) {}

  /**
   * @param prefill times of the steps that computed the prompts
   * @param decode times from first to last tokens
   * @param row both together
   */
  public record Latencies(Quantiles prefill, Quantiles decode, Quantiles row) {}

  /** Seconds: the mean, and those that so many percent of the rows did not exceed. */
  public record Quantiles(double mean, double p50, double p90, double p99, double max) {}

  /**
   * Mean F-measures, 0 to 1.
   *
   * @param scoredRows rows that have a reference and a completion
   */
  public record Rouge(
      long scoredRows,
      @JsonProperty("rouge1") double rouge1,
      @JsonProperty("rouge2") double rouge2,
      @JsonProperty("rougeL") double rougeL) {}

  /**
   * @param id the row's id
   * @param kind of error
   * @param reason one sentence
   */
  public record ErrorRow(String id, String kind, String reason) {}

  /**
   * @param name Spark's name for it
   * @param host its machine
   * @param splits that it finished
   * @param rows of these
   * @param seconds from when its first task could begin, its engine loaded, to the last commit of
   *     all executors
   * @param idleSeconds of these, without a task: commits, waiting for tasks, and the end
   * @param idleShare the latter by the former
   */
  public record Executor(
      String name,
      String host,
      int splits,
      long rows,
      double seconds,
      double idleSeconds,
      double idleShare) {}

  /**
   * @param name executor and number of the engine on it
   * @param host its machine
   * @param cpu the machine's processor
   * @param cores of the machine
   * @param memoryBytes of the machine
   * @param threads that the engine used
   * @param types of computing and of the KV cache
   * @param deterministic whether its rows do not depend on their batch
   * @param kernels of the cache op
   * @param tensorflow its version
   */
  public record Engine(
      String name,
      String host,
      String cpu,
      int cores,
      long memoryBytes,
      int threads,
      String types,
      boolean deterministic,
      String kernels,
      String tensorflow) {}

  /** The report for programs. */
  public String toJson() {
    return ReportJson.of(this);
  }
}
