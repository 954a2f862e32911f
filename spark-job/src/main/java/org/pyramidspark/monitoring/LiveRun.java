package org.pyramidspark.monitoring;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.pyramidspark.metrics.RunListener;

/**
 * A run that works.
 *
 * @param label what it is called
 * @param listener follows it
 * @param totalRows of the run; a resumed one finishes fewer
 */
record LiveRun(RunMonitor.RunLabel label, RunListener listener, long totalRows) {

  LiveFigures overall() {
    return LiveFigures.of(listener.totals(), listener.computing());
  }

  /** By the executors' ids. */
  Map<String, LiveFigures> executors() {
    Duration computing = listener.computing();
    Map<String, LiveFigures> figures = new TreeMap<>();
    listener
        .totalsByExecutor()
        .forEach((executor, totals) -> figures.put(executor, LiveFigures.of(totals, computing)));
    return figures;
  }
}
