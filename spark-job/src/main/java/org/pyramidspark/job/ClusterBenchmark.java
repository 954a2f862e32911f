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
 * one executor up. All executors are there from the beginning and those too many are kept waiting,
 * so that the points take turns: a machine whose speed changes within minutes slows all of them.
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
    long start = System.nanoTime();
    try (JavaSparkContext spark = new JavaSparkContext(conf())) {
      double registered = since(start);
      progress.accept("%d executors, warm-up".formatted(executors));
      List<Runs> points = points(jobs, work);
      RunReport warmUp =
          points.stream().filter(Runs::ofAll).findFirst().orElseThrow().run(spark, jobs);
      for (int i = 1; i <= repeats; i++) {
        for (Runs point : points) {
          progress.accept(
              "%d executors, %s, job %d of %d"
                  .formatted(point.executors, point.scaling, i, repeats));
          point.measure(spark, jobs);
        }
      }
      RunReport.Engine engine = warmUp.engines().getFirst();
      return new ClusterReport(
          work.name(),
          work.prompts().size() * copies,
          work.promptTokens() * copies,
          jobs.newTokens(),
          jobs.policy().name(),
          new BenchmarkReport.Machine(engine.cpu(), engine.threads(), engine.kernels()),
          engine.types(),
          registered + warmUp.throughput().modelLoadSeconds(),
          points.stream().map(point -> point.point(points.getFirst().rate())).toList());
    }
  }

  /** The first is one executor. */
  private List<Runs> points(BenchmarkJobs jobs, Workload work) throws IOException {
    Path ofOne = jobs.corpus(work, copies);
    List<Runs> points = new ArrayList<>(List.of(new Runs("weak", 1, ofOne)));
    for (int n = 2; n <= executors; n++) {
      points.add(new Runs("weak", n, jobs.corpus(work, n * copies)));
      points.add(new Runs("strong", n, ofOne));
    }
    return points;
  }

  private SparkConf conf() {
    return SparkSessions.conf(master, "pyramid-spark benchmark")
        .set("spark.executor.cores", "1")
        .set("spark.cores.max", Integer.toString(executors))
        .set("spark.executor.instances", Integer.toString(executors))
        .set("spark.scheduler.minRegisteredResourcesRatio", "1");
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  /** The jobs of one point. */
  private final class Runs {
    private final String scaling;
    private final int executors;
    private final Path corpus;
    private final ShuffleCounter shuffle = new ShuffleCounter();
    private final List<RunReport> reports = new ArrayList<>();

    Runs(String scaling, int executors, Path corpus) {
      this.scaling = scaling;
      this.executors = executors;
      this.corpus = corpus;
    }

    boolean ofAll() {
      return executors == ClusterBenchmark.this.executors;
    }

    void measure(JavaSparkContext spark, BenchmarkJobs jobs) throws IOException {
      int parked = ClusterBenchmark.this.executors - executors;
      try (ParkedExecutors _ = ParkedExecutors.park(spark, parked)) {
        spark.sc().addSparkListener(shuffle);
        reports.add(run(spark, jobs));
        spark.sc().removeSparkListener(shuffle);
      }
    }

    RunReport run(JavaSparkContext spark, BenchmarkJobs jobs) throws IOException {
      return jobs.run(spark, corpus, OptionalInt.of(SPLITS_OF_AN_EXECUTOR * executors));
    }

    private RunReport median() {
      return Median.of(reports, report -> report.throughput().generateSeconds());
    }

    double rate() {
      RunReport.Throughput throughput = median().throughput();
      return throughput.promptTokensPerSecond() + throughput.generatedTokensPerSecond();
    }

    Point point(double rateOfOne) {
      double idle = sum(RunReport.Executor::idleSeconds);
      return new Point(
          scaling,
          executors,
          median().throughput().generateSeconds(),
          reports.stream().map(report -> report.throughput().generateSeconds()).toList(),
          rate(),
          rate() / rateOfOne,
          idle / sum(RunReport.Executor::seconds),
          idle,
          shuffle.bytes());
    }

    private double sum(ToDoubleFunction<RunReport.Executor> time) {
      return median().executors().stream().mapToDouble(time).sum();
    }
  }
}
