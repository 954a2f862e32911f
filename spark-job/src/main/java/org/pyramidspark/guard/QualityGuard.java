package org.pyramidspark.guard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;

/**
 * Watches one engine's rows of one job: some are tried beside the full cache before they are
 * completed, and when the loss is over the limit with confidence the rows still to come keep more.
 * The first rows under new settings are all tried, so that bad ones are seen soon, and more of them
 * while they are in doubt; after that a share of the rows, chosen by their ids. Thread-safe.
 */
public final class QualityGuard {
  /** With fewer rows the interval is too wide to decide anything. */
  private static final int FIRST_ROWS = 4;

  /** Rows that are all tried while the mean is over the limit and its interval is not. */
  private static final int DOUBTFUL_ROWS = 12;

  private static final double IDS = 1L << 32;

  private final GuardSettings settings;
  private final List<GuardDecision> decisions = new ArrayList<>();
  private Level level;
  private Estimate estimate = Estimate.NONE;
  private long rows;
  private int pending;

  /**
   * What rows are completed with.
   *
   * @param number how often settings were relaxed
   * @param policy what the cache keeps
   */
  public record Level(int number, CachePolicy policy) {}

  public QualityGuard(GuardSettings settings, CachePolicy policy) {
    this.settings = settings;
    this.level = new Level(0, policy);
  }

  /** What the next row is to be completed with; counts it. */
  public synchronized Level begin() {
    rows++;
    return level;
  }

  /**
   * Whether a row is to be tried beside the full cache before it begins; if so, {@link #add} or
   * {@link #giveUp} must follow.
   */
  public synchronized boolean samples(String rowId) {
    if (!settings.isOn() || level.policy() instanceof FullPolicy) {
      return false;
    }
    boolean sampled = estimate.rows() + pending < wanted() || chosen(rowId);
    pending += sampled ? 1 : 0;
    return sampled;
  }

  private int wanted() {
    return estimate.mean() > settings.limit() ? DOUBTFUL_ROWS : FIRST_ROWS;
  }

  private boolean chosen(String rowId) {
    CRC32 hash = new CRC32();
    hash.update((settings.seed() + "/" + rowId).getBytes(StandardCharsets.UTF_8));
    return hash.getValue() < settings.share() * IDS;
  }

  /** What the next row would be completed with. */
  public synchronized Level level() {
    return level;
  }

  /** Next tokens to compare on a sampled row. */
  public int tokens() {
    return settings.tokens();
  }

  /**
   * Adds what a sampled row lost; of settings that were relaxed meanwhile it does not count.
   *
   * @param tried the level that was tried
   * @param divergence the row's mean, nats
   */
  public synchronized void add(Level tried, double divergence) {
    pending--;
    if (tried.number() != level.number()) {
      return;
    }
    estimate = estimate.plus(divergence);
    if (estimate.rows() >= FIRST_ROWS && estimate.low() > settings.limit()) {
      relax();
    }
  }

  /** A sampled row could not be tried. */
  public synchronized void giveUp() {
    pending--;
  }

  private void relax() {
    CachePolicy gentler = level.policy().relaxed();
    level = new Level(level.number() + 1, gentler);
    decisions.add(
        new GuardDecision(
            level.number(),
            rows,
            estimate.rows(),
            estimate.mean(),
            estimate.low(),
            estimate.high(),
            gentler.name(),
            gentler.settings()));
    estimate = Estimate.NONE;
  }

  /** What is known of the settings now in use. */
  public synchronized Estimate estimate() {
    return estimate;
  }

  /** How compression was relaxed so far, in order. */
  public synchronized List<GuardDecision> decisions() {
    return List.copyOf(decisions);
  }
}
