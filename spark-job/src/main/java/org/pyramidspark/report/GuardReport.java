package org.pyramidspark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.guard.Estimate;
import org.pyramidspark.guard.GuardDecision;
import org.pyramidspark.guard.GuardReading.Trials;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.RunTotals;

/**
 * What the guards of all engines saw and did.
 *
 * @param limit the most that compression may cost, nats
 * @param share of the rows that is tried
 * @param tokens next tokens that are compared on such a row
 * @param trialSeconds of engines, that trials took
 * @param trialShare of the engines' busy time
 * @param levels the settings that rows were completed with, from the user's own on
 * @param decisions how they were relaxed, engine by engine, in order
 */
public record GuardReport(
    double limit,
    double share,
    int tokens,
    double trialSeconds,
    double trialShare,
    List<Level> levels,
    List<Decision> decisions) {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * @param level how often settings were relaxed
   * @param policy its name
   * @param settings by key
   * @param rows completed with these
   * @param loss of the rows that were tried
   * @param failedTrials rows that could not be tried
   */
  public record Level(
      int level,
      String policy,
      Map<String, Object> settings,
      long rows,
      Loss loss,
      long failedTrials) {}

  /**
   * A mean KL divergence of next tokens from the full cache's, nats.
   *
   * @param rows that were tried
   * @param mean null without any
   * @param low lower end of its 95 % interval; null with fewer than two rows
   * @param high upper end; null as {@code low}
   */
  public record Loss(long rows, Double mean, Double low, Double high) {
    static Loss of(Estimate estimate) {
      boolean interval = estimate.rows() > 1;
      return new Loss(
          estimate.rows(),
          estimate.rows() > 0 ? estimate.mean() : null,
          interval ? estimate.low() : null,
          interval ? estimate.high() : null);
    }
  }

  /**
   * @param engine whose guard decided
   * @param time ISO 8601
   * @param afterRows rows that had begun on this engine
   * @param row id of the row whose trial decided
   * @param fromLevel of the settings before
   * @param toLevel of the settings of the rows after
   * @param loss of the settings before, over the limit
   */
  public record Decision(
      String engine,
      String time,
      long afterRows,
      String row,
      int fromLevel,
      int toLevel,
      Loss loss) {
    static Decision of(String engine, GuardDecision decision) {
      return new Decision(
          engine,
          decision.time().toString(),
          decision.afterRows(),
          decision.rowId(),
          decision.level() - 1,
          decision.level(),
          Loss.of(decision.loss()));
    }
  }

  public GuardReport {
    levels = List.copyOf(levels);
    decisions = List.copyOf(decisions);
  }

  /** Null where nothing was watched. */
  public static GuardReport of(GuardSettings settings, CachePolicy policy, RunTotals totals) {
    if (!settings.isOn()) {
      return null;
    }
    double trials = seconds(totals.engines().values().stream().map(EngineReading::trialNanos));
    double rows =
        seconds(
            totals.engines().values().stream()
                .map(reading -> reading.prefillNanos() + reading.decodeNanos()));
    return new GuardReport(
        settings.limit(),
        settings.share(),
        settings.tokens(),
        trials,
        trials == 0 ? 0 : trials / (trials + rows),
        levels(policy, totals),
        totals.guards().entrySet().stream()
            .flatMap(
                guard ->
                    guard.getValue().decisions().stream()
                        .map(decision -> Decision.of(guard.getKey(), decision)))
            .toList());
  }

  private static double seconds(Stream<Long> nanos) {
    return nanos.mapToLong(Long::longValue).sum() / NANOS_PER_SECOND;
  }

  /** All engines relax the same settings in the same steps. */
  private static List<Level> levels(CachePolicy policy, RunTotals totals) {
    List<Level> levels = new ArrayList<>();
    CachePolicy settings = policy;
    for (Trials trials : totals.trials()) {
      int number = levels.size();
      levels.add(
          new Level(
              number,
              settings.name(),
              settings.settings(),
              totals.rowsByLevel().getOrDefault(number, 0L),
              Loss.of(trials.loss()),
              trials.failed()));
      settings = settings.relaxed();
    }
    return levels;
  }

  /** What came of it, in a sentence. */
  public String verdict() {
    if (!decisions.isEmpty()) {
      return Figures.format(
          "Compression cost more than the limit of %s nats: it was relaxed %s.",
          limit, decisions.size() == 1 ? "once" : decisions.size() + " times");
    }
    Loss loss = levels.isEmpty() ? Loss.of(Estimate.NONE) : levels.getFirst().loss();
    return loss.rows() == 0
        ? "The settings were left alone: no row was tried beside the full cache%s."
            .formatted(reason())
        : Figures.format(
            "The settings were left alone: the loss is %.3f nats%s over %,d tried rows, and the limit is %s.",
            loss.mean(),
            loss.low() == null ? "" : Figures.format(" (%.3f to %.3f)", loss.low(), loss.high()),
            loss.rows(),
            limit);
  }

  private String reason() {
    long failed = levels.stream().mapToLong(Level::failedTrials).sum();
    if (failed > 0) {
      return ", since all %,d trials failed: nothing is known of the loss".formatted(failed);
    }
    boolean full = !levels.isEmpty() && levels.getFirst().policy().equals("full");
    return full ? ", since it is what rows were completed with" : "";
  }
}
