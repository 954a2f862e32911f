package org.pyramidspark.commit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pyramidspark.metrics.BusySpans;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.ExecutorTime;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.metrics.SplitWork;
import org.pyramidspark.prompts.RowCost;

/**
 * The sums of a run over its committed splits. Takes as much memory however many rows there are,
 * and some bytes for each split. Thread-safe.
 */
public final class RunSums {
  private final Map<Session, SessionSums> sessions = new TreeMap<>();
  private final List<SplitWork> splits = new ArrayList<>();
  private final ShownRows shown;

  /**
   * What one session did.
   *
   * @param session which
   * @param splits that it committed
   * @param rows of these
   * @param lastCommit when it committed the last of them
   */
  public record SessionWork(Session session, int splits, long rows, Instant lastCommit) {}

  private static final class SessionSums {
    private final RunTotals totals = new RunTotals();
    private final Map<String, ExecutorSums> executors = new TreeMap<>();
    private int splits;
    private Instant lastCommit = Instant.EPOCH;

    void add(SplitManifest manifest) {
      totals.add(manifest.totals());
      splits++;
      executors
          .computeIfAbsent(
              manifest.task().executor(), executor -> new ExecutorSums(manifest.task().host()))
          .add(manifest);
      if (manifest.committed().isAfter(lastCommit)) {
        lastCommit = manifest.committed();
      }
    }
  }

  private static final class ExecutorSums {
    private final String host;
    private final BusySpans tasks = new BusySpans();
    private long rows;

    ExecutorSums(String host) {
      this.host = host;
    }

    void add(SplitManifest manifest) {
      tasks.add(manifest.task().began(), manifest.committed());
      rows += manifest.parts().stream().mapToLong(PartFile::rows).sum();
    }

    ExecutorTime time(String name, Instant end) {
      return new ExecutorTime(name, host, tasks.count(), rows, tasks.whole(end), tasks.idle(end));
    }
  }

  RunSums(RowSample sample) {
    this.shown = new ShownRows(sample);
  }

  /**
   * @param estimate of what the split costs
   */
  synchronized void add(SplitManifest manifest, long estimate) {
    splits.add(new SplitWork(estimate, cost(manifest.totals())));
    sessions.computeIfAbsent(manifest.session(), session -> new SessionSums()).add(manifest);
    manifest.addTo(shown);
  }

  private static long cost(RunTotals totals) {
    return totals.promptTokens() + RowCost.OF_NEW_TOKEN * totals.generatedTokens();
  }

  /** What each split cost. */
  public synchronized List<SplitWork> splits() {
    return List.copyOf(splits);
  }

  /** Of all rows; engines of a later session are named with its number. */
  public synchronized RunTotals totals() {
    RunTotals totals = new RunTotals();
    int number = 0;
    for (SessionSums session : sessions.values()) {
      totals.add(session.totals.inSession(++number));
    }
    return totals;
  }

  /** What the executors did that finished splits; a session's stage ends with its last commit. */
  public synchronized List<ExecutorTime> executors() {
    List<ExecutorTime> times = new ArrayList<>();
    int number = 0;
    for (SessionSums session : sessions.values()) {
      int current = ++number;
      session.executors.forEach(
          (executor, sums) ->
              times.add(
                  sums.time(EngineReading.nameInSession(executor, current), session.lastCommit)));
    }
    return times;
  }

  /** The rows that the report shows. */
  public ShownRows shown() {
    return shown;
  }

  /** The sessions that committed splits, in their order. */
  public synchronized List<SessionWork> sessions() {
    List<SessionWork> work = new ArrayList<>();
    sessions.forEach(
        (session, sums) ->
            work.add(new SessionWork(session, sums.splits, sums.totals.rows(), sums.lastCommit)));
    return work;
  }
}
