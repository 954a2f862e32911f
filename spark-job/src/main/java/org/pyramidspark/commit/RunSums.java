package org.pyramidspark.commit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;

/**
 * The sums of a run over its committed splits. Takes as much memory however many rows there are.
 * Thread-safe.
 */
public final class RunSums {
  private final Map<Session, SessionSums> sessions = new TreeMap<>();
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
    private int splits;
    private Instant lastCommit = Instant.EPOCH;

    void add(SplitManifest manifest) {
      totals.add(manifest.totals());
      splits++;
      if (manifest.committed().isAfter(lastCommit)) {
        lastCommit = manifest.committed();
      }
    }
  }

  RunSums(RowSample sample) {
    this.shown = new ShownRows(sample);
  }

  synchronized void add(SplitManifest manifest) {
    sessions.computeIfAbsent(manifest.session(), session -> new SessionSums()).add(manifest);
    manifest.addTo(shown);
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
