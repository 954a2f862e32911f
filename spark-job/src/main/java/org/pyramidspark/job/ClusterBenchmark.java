package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.benchmark.BenchmarkReport;
import org.pyramidspark.benchmark.ClusterReport;
import org.pyramidspark.benchmark.ClusterReport.Point;
import org.pyramidspark.benchmark.Median;
import org.pyramidspark.benchmark.Workload;
import org.pyramidspark.report.RunReport;

/**
 * Measures how a job's throughput grows with executors of one core: weak and strong scaling, from
 * one executor up.
 *
 * @param master of the cluster; else that of {@code spark-submit}
 * @param executors the most of them
 * @param copies how often one executor completes the workload
 * @param repeats jobs of each kind; the median counts
 * @param progress is told what is going on
 */
record ClusterBenchmark(
    Optional<String> master, int executors, int copies, int repeats, Consumer<String> progress) {
  private static final int SPLITS_OF_AN_EXECUTOR = 8;

  ClusterReport run(BenchmarkJobs jobs, Workload work) throws IOException {
    List<Point> points = new ArrayList<>();
    RunReport.Engine engine = null;
    for (int n = 1; n <= executors; n++) {
      long start = System.nanoTime();
      try (JavaSparkContext spark = new JavaSparkContext(conf(n))) {
        double registered = since(start);
        progress.accept("%d executors, warm-up".formatted(n));
        Path share = jobs.corpus(work, n * copies);
        RunReport warmUp = jobs.run(spark, share, splits(n));
        engine = warmUp.engines().getFirst();
        double startUp = registered + warmUp.throughput().modelLoadSeconds();
        Runs runs = new Runs(spark, jobs, n, startUp);
        points.add(runs.point("weak", share, points));
        if (n > 1) {
          points.add(runs.point("strong", jobs.corpus(work, copies), points));
        }
      }
    }
    return new ClusterReport(
        work.name(),
        work.prompts().size() * copies,
        work.promptTokens() * copies,
        jobs.newTokens(),
        jobs.policy().name(),
        new BenchmarkReport.Machine(engine.cpu(), engine.threads(), engine.kernels()),
        engine.types(),
        points);
  }

  private SparkConf conf(int numExecutors) {
    return SparkSessions.conf(master, "pyramid-spark benchmark")
        .set("spark.executor.cores", "1")
        .set("spark.cores.max", Integer.toString(numExecutors))
        .set("spark.executor.instances", Integer.toString(numExecutors))
        .set("spark.scheduler.minRegisteredResourcesRatio", "1");
  }

  private static OptionalInt splits(int numExecutors) {
    return OptionalInt.of(SPLITS_OF_AN_EXECUTOR * numExecutors);
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  /** Jobs on a number of executors that are there. */
  private final class Runs {
    private final JavaSparkContext spark;
    private final BenchmarkJobs jobs;
    private final int numExecutors;
    private final double startUp;

    Runs(JavaSparkContext spark, BenchmarkJobs jobs, int numExecutors, double startUp) {
      this.spark = spark;
      this.jobs = jobs;
      this.numExecutors = numExecutors;
      this.startUp = startUp;
    }

    /**
     * @param earlier the first of them is that of one executor, if there is any
     */
    Point point(String scaling, Path corpus, List<Point> earlier) throws IOException {
      ShuffleCounter shuffle = new ShuffleCounter();
      spark.sc().addSparkListener(shuffle);
      List<RunReport> reports = new ArrayList<>();
      for (int i = 1; i <= repeats; i++) {
        progress.accept(
            "%d executors, %s, job %d of %d".formatted(numExecutors, scaling, i, repeats));
        reports.add(jobs.run(spark, corpus, splits(numExecutors)));
      }
      spark.sc().removeSparkListener(shuffle);
      RunReport median = Median.of(reports, report -> report.throughput().generateSeconds());
      double rate =
          median.throughput().promptTokensPerSecond()
              + median.throughput().generatedTokensPerSecond();
      double idle = sum(median, RunReport.Executor::idleSeconds);
      return new Point(
          scaling,
          numExecutors,
          median.throughput().generateSeconds(),
          reports.stream().map(report -> report.throughput().generateSeconds()).toList(),
          rate,
          earlier.isEmpty() ? 1 : rate / earlier.getFirst().tokensPerSecond(),
          startUp,
          idle / sum(median, RunReport.Executor::seconds),
          idle,
          shuffle.bytes());
    }

    private static double sum(RunReport report, ToDoubleFunction<RunReport.Executor> time) {
      return report.executors().stream().mapToDouble(time).sum();
    }
  }
}
