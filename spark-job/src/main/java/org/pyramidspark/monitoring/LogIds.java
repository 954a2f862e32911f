package org.pyramidspark.monitoring;

import org.slf4j.MDC;

/** The ids that lines of a log carry, each until it is closed by the thread that has put it. */
public final class LogIds {
  private LogIds() {}

  /** What a thread says until it is closed is of this. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * The task works on a split.
   *
   * @param run id of the run's session
   * @param split its number
   */
  public static Scope split(String run, int split) {
    MDC.put("run", run);
    MDC.put("split", Integer.toString(split));
    return () -> {
      MDC.remove("split");
      MDC.remove("run");
    };
  }

  /** A row of it, by its id. */
  public static Scope row(String id) {
    return MDC.putCloseable("row", id)::close;
  }
}
