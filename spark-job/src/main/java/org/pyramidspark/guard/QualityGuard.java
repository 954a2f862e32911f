package org.pyramidspark.guard;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;

/**
 * Watches one engine's rows of one job: some are tried beside the full cache while they are
 * completed, and when the loss is over the limit with confidence the rows still to come keep more.
 * The first rows under new settings are all tried, so that bad ones are seen soon, and more of them
 * while they are in doubt; after that a share of the rows, chosen by their ids. Thread-safe.
 */
public final class QualityGuard {
  private static final double IDS = 1L << 32;

  private final GuardSettings settings;
  private final InstantSource clock;
  private final List<GuardDecision> decisions = new ArrayList<>();
  private final List<LevelWatch> watches = new ArrayList<>();
  private Level level;
  private long rows;

  /**
   * What rows are completed with.
   *
   * @param number how often settings were relaxed
   * @param policy what the cache keeps
   */
  public record Level(int number, CachePolicy policy) {}

  /**
   * A row that begins.
   *
   * @param level what it is completed with
   * @param tried whether it is to be tried beside the full cache; if so, {@link #add}, {@link
   *     #giveUp} or {@link #drop} must follow
   */
  public record Begun(Level level, boolean tried) {}

  public QualityGuard(GuardSettings settings, CachePolicy policy) {
    this(settings, policy, InstantSource.system());
  }

  /**
   * @param clock dates the decisions
   */
  public QualityGuard(GuardSettings settings, CachePolicy policy, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.level = new Level(0, policy);
    this.watches.add(new LevelWatch(settings.limit()));
  }

  /**
   * Lets a row begin. Where many have begun under settings that are not proven, it waits for a
   * trial to end: so a row may not begin before trials end that its own thread is to run.
   */
  public synchronized Begun begin(String rowId) throws InterruptedException {
    while (isWatching() && watch().mustWait()) {
      wait();
    }
    boolean tried = isWatching() && (watch().triesNext() || isChosen(rowId));
    rows++;
    watch().begin(tried);
    return new Begun(level, tried);
  }

  private boolean isWatching() {
    return settings.isOn() && !(level.policy() instanceof FullPolicy);
  }

  private LevelWatch watch() {
    return watches.getLast();
  }

  private boolean isChosen(String rowId) {
    CRC32 hash = new CRC32();
    hash.update((settings.seed() + "/" + rowId).getBytes(StandardCharsets.UTF_8));
    return hash.getValue() < settings.share() * IDS;
  }

  /** How it watches. */
  public GuardSettings settings() {
    return settings;
  }

  /**
   * Adds what a row lost.
   *
   * @param tried the level that was tried
   * @param divergence the row's mean, nats, finite
   * @return the decision, if this was the row that it took
   */
  public synchronized Optional<GuardDecision> add(Level tried, String rowId, double divergence) {
    boolean exceeds = watches.get(tried.number()).exceedsWith(divergence);
    notifyAll();
    return exceeds && tried.number() == level.number()
        ? Optional.of(relax(rowId))
        : Optional.empty();
  }

  /**
   * A row could not be tried.
   *
   * @return whether it is the first under these settings
   */
  public synchronized boolean giveUp(Level tried) {
    LevelWatch watch = watches.get(tried.number());
    watch.addFailed();
    notifyAll();
    return watch.trials().failed() == 1;
  }

  /** A row was not tried, since these settings were relaxed meanwhile or nobody waits for it. */
  public synchronized void drop(Level tried) {
    watches.get(tried.number()).end();
    notifyAll();
  }

  private GuardDecision relax(String rowId) {
    GuardDecision decision =
        new GuardDecision(
            level.number() + 1, rows, rowId, watch().trials().loss(), clock.instant());
    decisions.add(decision);
    level = new Level(decision.level(), level.policy().relaxed());
    watches.add(new LevelWatch(settings.limit()));
    return decision;
  }

  /** What the next row would be completed with. */
  public synchronized Level level() {
    return level;
  }

  /** What was seen so far. */
  public synchronized GuardReading reading() {
    return new GuardReading(watches.stream().map(LevelWatch::trials).toList(), decisions);
  }
}
