package org.pyramidspark.job;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.completions.JsonLinesOutputFormat;
import org.pyramidspark.completions.OutputFolder;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.ModelReference;
import org.pyramidspark.executor.PartitionRunner;
import org.pyramidspark.metrics.Progress;
import org.pyramidspark.metrics.ProgressLine;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.RunListener;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRowsAccumulator;
import org.pyramidspark.metrics.WorkForecast;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.report.GuardReport;
import org.pyramidspark.report.HtmlReport;
import org.pyramidspark.report.MarkdownReport;
import org.pyramidspark.report.RunReport;
import org.pyramidspark.report.RunSummary;

/**
 * One run of {@code generate} on Spark: checks the paths, scans the corpus, completes its splits,
 * reports. The output folder appears at the end, whole; a run that fails leaves nothing.
 */
public final class GenerateJob {
  private final JavaSparkContext spark;
  private final GenerateOptions options;
  private final Console console;
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final long startNanos = System.nanoTime();

  /**
   * Where progress is shown.
   *
   * @param out prints it
   * @param terminal whether people watch, so that a line may replace the one before
   */
  public record Console(PrintStream out, boolean terminal) {
    /** The standard error stream. */
    public static Console standard() {
      return new Console(System.err, System.console() != null && System.console().isTerminal());
    }
  }

  public GenerateJob(JavaSparkContext spark, GenerateOptions options, Console console) {
    this.spark = spark;
    this.options = options;
    this.console = console;
  }

  /** As the command {@code generate}, for {@code spark-submit --class}. */
  public static void main(String[] args) {
    int exitCode = JobCommands.commandLine(new GenerateCommand()).execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs to the end.
   *
   * @throws InvalidInputException if the input, the output folder or the model does not serve
   */
  public RunReport run() throws IOException {
    Configuration hadoop = spark.hadoopConfiguration();
    RunReport.Model model =
        openModel(options.model(), "--max-new-tokens", options.rows().maxNewTokens());
    options.presetModel().ifPresent(preset -> checkPreset(preset, model));
    try (OutputFolder output =
        OutputFolder.prepare(options.output().folder(), options.output().overwrite(), hadoop)) {
      CorpusSplits corpus = CorpusSplits.on(spark);
      List<Split> splits = corpus.of(options.corpus());
      long generateStart = System.nanoTime();
      ShownRowsAccumulator shown = shownRows(splits);
      RunTotals totals =
          complete(splits, reference(model), shown, corpus.hadoop(), output.stagingPath());
      RunSummary summary =
          new RunSummary(totals, shown.value(), since(startNanos), since(generateStart));
      RunReport report = report(model, totals, summary);
      output.write("report.json", report.toJson());
      output.write("report.md", MarkdownReport.of(report));
      output.write("report.html", HtmlReport.of(report));
      output.commit();
      return report;
    }
  }

  private void checkPreset(PresetModel preset, RunReport.Model model) {
    preset.check(options.settings().get("preset"), model.name(), model.sha256());
  }

  /**
   * Looks at the model before anything else is done.
   *
   * @param option that gives the number of new tokens, for the message
   */
  static RunReport.Model openModel(String file, String option, int maxNewTokens) {
    Path path = Path.of(file).toAbsolutePath();
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      int context = checkpoint.config().contextLength();
      if (maxNewTokens >= context) {
        throw InvalidInputException.of(
            "Option %s is %d; the model's context holds %d tokens, prompt included, so give fewer.",
            option, maxNewTokens, context);
      }
      return new RunReport.Model(checkpoint.config().name(), path.toString(), checkpoint.sha256());
    }
  }

  static ModelReference reference(RunReport.Model model) {
    return new ModelReference(model.path(), model.sha256());
  }

  private ShownRowsAccumulator shownRows(List<Split> splits) {
    ShownRowsAccumulator shown =
        new ShownRowsAccumulator(RowSample.of(options.reportRows(), numPrompts(splits)));
    spark.sc().register(shown);
    return shown;
  }

  private static long numPrompts(List<Split> splits) {
    return splits.stream().mapToLong(Split::numPrompts).sum();
  }

  private RunTotals complete(
      List<Split> splits,
      ModelReference model,
      ShownRowsAccumulator shown,
      Broadcast<SerializableConfiguration> hadoop,
      String folder) {
    RunAccumulator totals = new RunAccumulator();
    spark.sc().register(totals, "rows");
    RunListener listener = new RunListener(totals);
    spark.sc().addSparkListener(listener);
    WorkForecast forecast =
        new WorkForecast(numPrompts(splits), splits.stream().mapToLong(Split::workBytes).sum());
    long start = System.nanoTime();
    PartitionRunner runner =
        new PartitionRunner(model, options.engine(), options.rows(), totals, shown, hadoop);
    Supplier<Progress> progress = () -> progress(forecast, totals.value(), listener, since(start));
    try (ProgressLine line = ProgressLine.start(progress, console.out(), console.terminal())) {
      spark
          .parallelize(splits, splits.size())
          .mapPartitionsToPair(runner)
          .saveAsNewAPIHadoopFile(
              folder, NullWritable.class, Text.class, JsonLinesOutputFormat.class);
    } finally {
      spark.sc().removeSparkListener(listener);
    }
    return totals.value();
  }

  /** The accumulator alone is exact at the end, when Spark's listeners may lag behind. */
  private static Progress progress(
      WorkForecast forecast, RunTotals ended, RunListener listener, Duration elapsed) {
    return ended.rows() == forecast.totalRows()
        ? forecast.ended(ended, elapsed, listener.computing())
        : forecast.underWay(listener.totals(), elapsed, listener.computing());
  }

  private RunReport report(RunReport.Model model, RunTotals totals, RunSummary summary) {
    return new RunReport(
        started.toString(),
        options.settings(),
        model,
        summary.rows(),
        summary.throughput(),
        summary.kv(),
        summary.latencies(),
        summary.rouge(),
        GuardReport.of(options.rows().guard(), options.rows().policy(), totals),
        summary.errorRows(),
        summary.sampledRows(),
        summary.breakdown(),
        summary.engines(),
        Versions.inUse(spark.version()));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
