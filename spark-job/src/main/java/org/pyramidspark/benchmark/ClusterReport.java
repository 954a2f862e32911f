package org.pyramidspark.benchmark;

import java.util.List;
import org.pyramidspark.report.ReportJson;

/**
 * How a job's throughput grows with executors of one core. The names of its JSON are those of the
 * components, in snake case, and mean what they do in {@link BenchmarkReport}.
 *
 * @param workload what was completed, as often as {@code copies} says
 * @param rows of one executor's work
 * @param promptTokens of these
 * @param newTokens generated for each row, end tokens ignored
 * @param policy of the cache
 * @param machine of the first executor, with its threads and kernels
 * @param types of computing and of the KV cache
 * @param startUpSeconds until all executors had registered and loaded their engines
 * @param points by scaling and number of executors
 */
public record ClusterReport(
    String workload,
    int rows,
    long promptTokens,
    int newTokens,
    String policy,
    BenchmarkReport.Machine machine,
    String types,
    double startUpSeconds,
    List<Point> points) {

  /**
   * One size of the cluster. Times are of the job whose time is the median. The points take turns,
   * after a job that loads the engines and warms them up.
   *
   * @param scaling {@code weak}: as much work for each executor, or {@code strong}: that of one
   *     executor for all together
   * @param executors of one core
   * @param seconds from the start of the stage until all its commits are read: bookkeeping included
   * @param allSeconds those of all jobs, in order
   * @param tokensPerSecond prompt tokens and generated ones
   * @param toSingle the former by that of one executor: at best the number of executors
   * @param idleShare of the executors' time, without a task: commits, waiting, and the end
   * @param stragglerSeconds executors' time without a task, added up
   * @param shuffleBytes written and read between tasks
   */
  public record Point(
      String scaling,
      int executors,
      double seconds,
      List<Double> allSeconds,
      double tokensPerSecond,
      double toSingle,
      double idleShare,
      double stragglerSeconds,
      long shuffleBytes) {}

  /** The report for programs. */
  public String toJson() {
    return ReportJson.of(this);
  }
}
