package org.pyramidspark.comparison;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.pyramidspark.quality.Estimate;
import org.pyramidspark.quality.PairedDifference;
import org.pyramidspark.quality.ResampledSums;
import org.pyramidspark.report.ReportJson;
import org.pyramidspark.report.RunReport;

/**
 * Everything that is known about a finished comparison. The names of {@code report.json} are those
 * of the components, in snake case.
 *
 * @param started when the run started, ISO 8601
 * @param settings what the user asked for, by option
 * @param model the model's name, path and hash
 * @param rows counts of rows
 * @param seconds that the whole run took
 * @param policies the full cache first, then those asked for, in their order
 * @param bestAtMemory policies with the same budget, by budget; empty without rows
 * @param bestAtTime policies that are not beaten in time and divergence, the fastest first; empty
 *     without rows
 * @param errorRows the first error rows, by id; the output has them all
 * @param engines one for each engine that worked
 * @param versions of what it ran on
 */
public record ComparisonReport(
    String started,
    Map<String, String> settings,
    RunReport.Model model,
    Rows rows,
    double seconds,
    List<Policy> policies,
    List<AtMemory> bestAtMemory,
    List<AtTime> bestAtTime,
    List<RunReport.ErrorRow> errorRows,
    List<RunReport.Engine> engines,
    Map<String, String> versions) {

  /**
   * @param total rows of the corpus
   * @param compared rows that all policies have completed and were tried on
   * @param errors the others
   * @param truncated of the compared rows, those whose prompt was cut
   * @param errorKinds error rows by kind
   */
  public record Rows(
      long total, long compared, long errors, long truncated, Map<String, Long> errorKinds) {}

  /**
   * One policy, over the compared rows.
   *
   * @param name as it was written
   * @param settings by key
   * @param throughput of completing the rows
   * @param kv the cache after the prompts; null without rows
   * @param divergence from the full cache; null without rows
   * @param reference how likely the references are; null without references
   * @param rouge of completions against references; null without references
   * @param rougeToFull of completions against the full cache's; null for the full cache
   */
  public record Policy(
      String name,
      Map<String, Object> settings,
      Throughput throughput,
      Kv kv,
      Divergence divergence,
      Likelihood reference,
      Rouge rouge,
      Rouge rougeToFull) {}

  /**
   * Completing all rows as {@code generate} does, in batches, one policy after the other.
   *
   * @param seconds of engines that had nothing else to do, added up
   * @param prefillSeconds of these, steps that computed prompts
   * @param decodeSeconds of these, steps that computed generated tokens
   * @param promptTokens of all rows that were completed
   * @param generatedTokens of these rows
   * @param tokensPerSecond both kinds by {@code seconds}
   * @param toFull that by the full cache's
   */
  public record Throughput(
      double seconds,
      double prefillSeconds,
      double decodeSeconds,
      long promptTokens,
      long generatedTokens,
      double tokensPerSecond,
      double toFull) {}

  /**
   * @param keptFraction entries kept after the prompts, by those of full caches
   * @param computedFraction rows of the prompts computed over all layers, by all
   * @param bytes of cache pages after the prompts, sum over rows
   * @param bytesToFull that by the full cache's
   */
  public record Kv(double keptFraction, double computedFraction, long bytes, double bytesToFull) {}

  /**
   * Along the full cache's own completions.
   *
   * @param kl mean over rows of a row's mean KL(full || policy) of the next token, nats
   * @param worstKl the largest of a single token
   * @param agreement mean over rows of the share of tokens where the likeliest is the full cache's
   */
  public record Divergence(Mean kl, double worstKl, Mean agreement) {}

  /**
   * A mean over rows.
   *
   * @param low lower end of the 95 % bootstrap interval; null with fewer than two rows
   * @param high upper end
   */
  public record Mean(double mean, Double low, Double high) {

    static Mean of(ResampledSums sums) {
      Estimate estimate = sums.estimate();
      return sums.rows() < 2
          ? new Mean(estimate.mean(), null, null)
          : new Mean(estimate.mean(), estimate.low(), estimate.high());
    }

    Mean exponential() {
      return low == null
          ? new Mean(Math.exp(mean), null, null)
          : new Mean(Math.exp(mean), Math.exp(low), Math.exp(high));
    }
  }

  /**
   * By how much one mean is higher than another over the same rows.
   *
   * @param low lower end of the 95 % interval of the paired bootstrap; null with fewer than two
   *     rows
   * @param high upper end
   * @param pValue two-sided; null with fewer than two rows
   */
  public record Difference(double mean, Double low, Double high, Double pValue) {

    static Difference of(ResampledSums sums, ResampledSums others) {
      PairedDifference difference = sums.minus(others);
      return sums.rows() < 2
          ? new Difference(difference.mean(), null, null, null)
          : new Difference(
              difference.mean(), difference.low(), difference.high(), difference.pValue());
    }
  }

  /**
   * @param rows that have a reference
   * @param tokens of references that were followed
   * @param nll mean over these tokens of -log p(token), nats
   * @param perplexity its exponential
   * @param nllOverFull how much higher {@code nll} is than the full cache's; null for that
   */
  public record Likelihood(
      long rows, long tokens, Mean nll, Mean perplexity, Difference nllOverFull) {}

  /**
   * Mean F-measures, 0 to 1.
   *
   * @param rows that have both texts
   * @param rougeLOverFull how much higher {@code rougeL} is than the full cache's; null for that,
   *     and where its completion is what is compared with
   */
  public record Rouge(
      long rows,
      @JsonProperty("rouge1") Mean rouge1,
      @JsonProperty("rouge2") Mean rouge2,
      @JsonProperty("rougeL") Mean rougeL,
      @JsonProperty("rougeL_over_full") Difference rougeLOverFull) {}

  /**
   * Policies that may keep the same share of the KV.
   *
   * @param budget that share, 0 to 1
   * @param mostKept the largest share that one which was given this budget has kept
   * @param policies those that were given it, and those without a budget that keep no more than
   *     {@code mostKept}, and more than any of the next lower budget; by their KL, the best first
   */
  public record AtMemory(double budget, double mostKept, List<Ranked> policies) {}

  /**
   * @param name of the policy
   * @param klOverBest how much higher its KL is than that of the best; null for the best
   */
  public record Ranked(String name, Difference klOverBest) {}

  /**
   * A policy that no other beats: what is faster has a higher KL.
   *
   * @param name of the policy
   * @param timeToFull the seconds that completing all rows took, by the full cache's
   */
  public record AtTime(String name, double timeToFull) {}

  /** The report for programs. */
  public String toJson() {
    return ReportJson.of(this);
  }
}
