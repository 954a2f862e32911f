package org.pyramidspark.comparison;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.comparison.ComparisonReport.AtMemory;
import org.pyramidspark.comparison.ComparisonReport.AtTime;
import org.pyramidspark.comparison.ComparisonReport.Policy;
import org.pyramidspark.comparison.ComparisonReport.Rows;
import org.pyramidspark.comparison.ComparisonReport.Throughput;
import org.pyramidspark.report.RunReport;
import org.pyramidspark.report.RunReport.ErrorRow;
import org.pyramidspark.report.RunSummary;

/**
 * Computes a report's figures.
 *
 * @param totals what Spark gathered
 * @param quality what the rows say
 * @param policies the full cache first
 */
public record ComparisonSummary(
    ComparisonTotals totals, ComparisonQuality quality, List<NamedPolicy> policies) {
  private static final double NANOS_PER_SECOND = 1e9;

  public Rows rows() {
    Map<String, Long> kinds = new TreeMap<>();
    totals.errors().forEach((kind, rows) -> kinds.put(kind.label(), rows));
    return new Rows(
        totals.comparedRows() + totals.errorRows(),
        totals.comparedRows(),
        totals.errorRows(),
        totals.truncatedRows(),
        kinds);
  }

  /** The policies' figures, in the order of {@link #policies}. */
  public List<Policy> figures() {
    PolicySums full = totals.policy(fullName());
    return policies.stream().map(policy -> figures(policy, full)).toList();
  }

  private String fullName() {
    return policies.getFirst().name();
  }

  /** Which of these figures is best where memory is the same. */
  public List<AtMemory> atMemory(List<Policy> figures) {
    return new ComparisonRanking(figures, quality).atMemory();
  }

  /** Which of these figures is best where time is the same. */
  public List<AtTime> atTime(List<Policy> figures) {
    return new ComparisonRanking(figures, quality).atTime();
  }

  private Policy figures(NamedPolicy policy, PolicySums full) {
    PolicySums sums = totals.policy(policy.name());
    QualitySums close = quality.policy(policy.name());
    return new Policy(
        policy.name(),
        policy.policy().settings(),
        throughput(sums.time(), full.time()),
        sums.kv(full),
        close.divergence(),
        close.likelihood(quality.policy(fullName())),
        close.rouge(quality.policy(fullName())),
        close.rougeToFull());
  }

  private static Throughput throughput(PassTime time, PassTime full) {
    return new Throughput(
        time.nanos() / NANOS_PER_SECOND,
        time.prefillNanos() / NANOS_PER_SECOND,
        time.decodeNanos() / NANOS_PER_SECOND,
        time.promptTokens(),
        time.generatedTokens(),
        tokensPerSecond(time),
        ratio(tokensPerSecond(time), tokensPerSecond(full)));
  }

  private static double tokensPerSecond(PassTime time) {
    return ratio(time.promptTokens() + time.generatedTokens(), time.nanos() / NANOS_PER_SECOND);
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  public List<ErrorRow> errorRows() {
    return totals.failed().stream()
        .map(row -> new ErrorRow(row.id(), row.error().kind().label(), row.error().message()))
        .toList();
  }

  public List<RunReport.Engine> engines() {
    return totals.engines().entrySet().stream()
        .map(engine -> RunSummary.engine(engine.getKey(), engine.getValue()))
        .toList();
  }
}
