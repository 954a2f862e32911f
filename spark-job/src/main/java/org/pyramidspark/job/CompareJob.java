package org.pyramidspark.job;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.comparison.ComparisonAccumulator;
import org.pyramidspark.comparison.ComparisonQuality;
import org.pyramidspark.comparison.ComparisonReport;
import org.pyramidspark.comparison.ComparisonSummary;
import org.pyramidspark.comparison.ComparisonText;
import org.pyramidspark.comparison.ComparisonTotals;
import org.pyramidspark.completions.JsonLinesOutputFormat;
import org.pyramidspark.completions.OutputFolder;
import org.pyramidspark.completions.PartReader;
import org.pyramidspark.executor.ComparisonRunner;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.metrics.LiveTotals;
import org.pyramidspark.metrics.Progress;
import org.pyramidspark.metrics.ProgressLine;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.report.RunReport;

/**
 * One run of {@code compare} on Spark. The output folder appears at the end, whole; a run that
 * fails leaves nothing.
 */
public final class CompareJob {
  /** A row is completed and then tried under each policy. */
  private static final int STAGES = 2;

  private final JavaSparkContext spark;
  private final CompareOptions options;
  private final GenerateJob.Console console;
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final long startNanos = System.nanoTime();

  public CompareJob(JavaSparkContext spark, CompareOptions options, GenerateJob.Console console) {
    this.spark = spark;
    this.options = options;
    this.console = console;
  }

  /** As the command {@code compare}, for {@code spark-submit --class}. */
  public static void main(String[] args) {
    int exitCode = JobCommands.commandLine(new CompareCommand()).execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs to the end.
   *
   * @throws org.pyramidspark.errors.InvalidInputException if the input, the output folder or the
   *     model does not serve
   */
  public ComparisonReport run() throws IOException {
    RowSettings rows = options.comparison().rows();
    OpenedModel opened =
        OpenedModel.open(spark, options.model(), "--max-new-tokens", rows.maxNewTokens());
    RunReport.Model model = opened.model();
    for (NamedPolicy policy : options.comparison().policies()) {
      policy.checkModel(model.name(), model.sha256());
    }
    try (OutputFolder output =
        OutputFolder.prepare(
            options.output().folder(), options.output().overwrite(), spark.hadoopConfiguration())) {
      CorpusSplits corpus = CorpusSplits.on(spark);
      ComparisonTotals totals = compare(opened, corpus, output.stagingPath());
      ComparisonReport report = report(model, totals, quality(output.parts(), corpus));
      output.write("report.json", report.toJson());
      output.write("report.md", ComparisonText.markdown(report));
      output.write("report.html", ComparisonText.html(report, totals.examples()));
      output.commit();
      return report;
    }
  }

  private ComparisonTotals compare(OpenedModel opened, CorpusSplits corpus, String folder) {
    List<Split> splits = corpus.of(options.corpus(), opened.cost(options.comparison().rows()));
    long rows = splits.stream().mapToLong(Split::numPrompts).sum();
    ComparisonAccumulator totals =
        new ComparisonAccumulator(RowSample.of(options.reportRows(), rows));
    spark.sc().register(totals, "comparison");
    run(
        splits,
        rows,
        new ComparisonRunner(
            GenerateJob.reference(opened.model()),
            options.engine(),
            options.comparison(),
            totals,
            corpus.hadoop()),
        totals,
        folder);
    return totals.value();
  }

  private void run(
      List<Split> splits,
      long rows,
      PairFlatMapFunction<Iterator<Split>, NullWritable, Text> runner,
      ComparisonAccumulator totals,
      String folder) {
    LiveTotals<ComparisonTotals> live =
        new LiveTotals<>(
            totals,
            ComparisonTotals.class,
            () -> new ComparisonTotals(RowSample.NONE),
            ComparisonTotals::add);
    spark.sc().addSparkListener(live);
    long start = System.nanoTime();
    try (ProgressLine line =
        ProgressLine.start(
            () -> progress(rows, totals.value(), live, start), console.out(), console.terminal())) {
      options
          .engine()
          .devices()
          .stage(spark.parallelize(splits, splits.size()))
          .mapPartitionsToPair(runner)
          .saveAsNewAPIHadoopFile(
              folder, NullWritable.class, Text.class, JsonLinesOutputFormat.class);
    } finally {
      spark.sc().removeSparkListener(live);
    }
  }

  /** The accumulator alone is exact at the end, when Spark's listeners may lag behind. */
  private Progress progress(
      long rows, ComparisonTotals ended, LiveTotals<ComparisonTotals> live, long start) {
    boolean atEnd = ended.comparedRows() + ended.errorRows() == rows;
    ComparisonTotals totals = atEnd ? ended : live.totals();
    double all = (double) STAGES * rows * options.comparison().policies().size();
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    return new Progress(
        Math.min(rows, totals.comparedRows() + totals.errorRows()),
        rows,
        totals.errorRows(),
        totals.promptTokens(),
        totals.newTokens(),
        atEnd ? 1 : Math.min(0.99, totals.passes() / all),
        elapsed,
        elapsed);
  }

  private ComparisonQuality quality(List<String> parts, CorpusSplits corpus) {
    return ComparisonQuality.of(
        spark.parallelize(parts, parts.size()).flatMap(new PartReader(corpus.hadoop())));
  }

  private ComparisonReport report(
      RunReport.Model model, ComparisonTotals totals, ComparisonQuality quality) {
    ComparisonSummary summary =
        new ComparisonSummary(totals, quality, options.comparison().policies());
    List<ComparisonReport.Policy> figures = summary.figures();
    return new ComparisonReport(
        started.toString(),
        options.settings(),
        model,
        summary.rows(),
        (System.nanoTime() - startNanos) / 1e9,
        figures,
        summary.atMemory(figures),
        summary.atTime(figures),
        summary.errorRows(),
        summary.engines(),
        Versions.inUse(spark.version()));
  }
}
