package org.pyramidspark.metrics;

import java.io.Serializable;
import java.util.Map;
import org.pyramidspark.engine.EngineMetrics;
import org.pyramidspark.op.StepPart;

/**
 * An engine's counters between two moments. Readings of one engine by several tasks overlap; {@link
 * #hull} is the span of both, so nothing is counted twice.
 *
 * @param session of the run that it worked in, from 1: a run that was stopped goes on in another
 * @param engine names the engine among all of the run
 * @param setup what it runs on
 * @param from its counters at the start
 * @param to its counters at the end
 */
public record EngineReading(
    int session, String engine, EngineSetup setup, Counters from, Counters to)
    implements Serializable {

  /** Of the run's first session. */
  public EngineReading(String engine, EngineSetup setup, Counters from, Counters to) {
    this(1, engine, setup, from, to);
  }

  /** The same of another session, whose engines may have the same names. */
  EngineReading inSession(int number) {
    return new EngineReading(number, nameInSession(engine, number), setup, from, to);
  }

  /** What an engine or an executor is called among those of all sessions. */
  public static String nameInSession(String engine, int session) {
    return session == 1 ? engine : "session %d: %s".formatted(session, engine);
  }

  /**
   * The counters that only ever rise.
   *
   * @param breakdown nanoseconds by what they were spent on
   */
  public record Counters(
      long prefillTokens,
      long sharedPromptTokens,
      long sharedKvBytes,
      long prefillNanos,
      long decodeTokens,
      long decodeNanos,
      long trialNanos,
      long peakKvBytes,
      int mostRunningSequences,
      long setBacks,
      Map<StepPart, Long> breakdown)
      implements Serializable {

    public static Counters of(EngineMetrics metrics) {
      return new Counters(
          metrics.prefillTokens(),
          metrics.sharedPromptTokens(),
          metrics.sharedKvBytes(),
          metrics.prefillNanos(),
          metrics.decodeTokens(),
          metrics.decodeNanos(),
          metrics.trialNanos(),
          metrics.peakKvBytes(),
          metrics.mostRunningSequences(),
          metrics.setBacks(),
          metrics.breakdown());
    }

    private boolean isBefore(Counters other) {
      return busyNanos() < other.busyNanos();
    }

    private long busyNanos() {
      return prefillNanos + decodeNanos + trialNanos;
    }
  }

  EngineReading hull(EngineReading other) {
    return new EngineReading(
        session,
        engine,
        setup,
        from.isBefore(other.from) ? from : other.from,
        to.isBefore(other.to) ? other.to : to);
  }

  public long prefillTokens() {
    return to.prefillTokens - from.prefillTokens;
  }

  public long sharedPromptTokens() {
    return to.sharedPromptTokens - from.sharedPromptTokens;
  }

  public long sharedKvBytes() {
    return to.sharedKvBytes - from.sharedKvBytes;
  }

  public long prefillNanos() {
    return to.prefillNanos - from.prefillNanos;
  }

  public long decodeTokens() {
    return to.decodeTokens - from.decodeTokens;
  }

  public long decodeNanos() {
    return to.decodeNanos - from.decodeNanos;
  }

  /** Time that the guard's trials took. */
  public long trialNanos() {
    return to.trialNanos - from.trialNanos;
  }

  public long setBacks() {
    return to.setBacks - from.setBacks;
  }

  /** Nanoseconds spent on one part of the work. */
  public long nanos(StepPart part) {
    return to.breakdown.get(part) - from.breakdown.get(part);
  }
}
