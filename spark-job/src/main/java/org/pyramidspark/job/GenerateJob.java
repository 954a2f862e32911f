package org.pyramidspark.job;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.commit.CommittedSplits;
import org.pyramidspark.commit.PlannedRun;
import org.pyramidspark.commit.RunOutput;
import org.pyramidspark.commit.RunSums;
import org.pyramidspark.commit.Session;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.executor.ModelReference;
import org.pyramidspark.executor.RowWork;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.Terminal;
import org.pyramidspark.monitoring.RunMonitor.RunLabel;
import org.pyramidspark.report.GuardReport;
import org.pyramidspark.report.HtmlReport;
import org.pyramidspark.report.MarkdownReport;
import org.pyramidspark.report.RunReport;
import org.pyramidspark.report.RunSummary;

/**
 * One run of {@code generate} on Spark: checks the paths, scans the corpus, completes its splits,
 * reports. Each split is committed as soon as it is complete, and a run that is stopped goes on
 * with those that are not; one that has committed none leaves nothing.
 */
public final class GenerateJob {
  private final JavaSparkContext spark;
  private final GenerateOptions options;
  private final Console console;
  private final Instant started = Instant.now();
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
      return new Console(System.err, Terminal.showsErrors());
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
   * Runs to the end, unless {@code --resume} finds that an earlier run has come there.
   *
   * @throws org.pyramidspark.errors.InvalidInputException if the input, the output folder or the
   *     model does not serve
   */
  public Optional<RunReport> run() throws IOException {
    OpenedModel opened =
        OpenedModel.open(spark, options.model(), "--max-new-tokens", options.rows().maxNewTokens());
    RunReport.Model model = opened.model();
    options.presetModel().ifPresent(preset -> checkPreset(preset, model));
    Optional.ofNullable(options.rows().fallback())
        .ifPresent(policy -> policy.checkModel(model.name(), model.sha256()));
    GenerateOptions.Output wanted = options.output();
    try (RunOutput output =
        RunOutput.open(
            wanted.folder(),
            wanted.resume(),
            wanted.overwrite(),
            spark.hadoopConfiguration(),
            console.out()::println)) {
      try {
        return run(opened, output);
      } catch (Exception failure) {
        throw output.stopped(failure);
      }
    }
  }

  private Optional<RunReport> run(OpenedModel opened, RunOutput output) throws IOException {
    RunReport.Model model = opened.model();
    CorpusSource corpus = CorpusSource.of(spark, options, output, opened, started);
    PlannedRun plan = corpus.plan();
    if (output.isFinished()) {
      output.moveToPlace();
      return Optional.empty();
    }
    Session session = new Session(UUID.randomUUID().toString(), started, Instant.now());
    long generateStart = System.nanoTime();
    RowSample sample = RowSample.of(options.reportRows(), plan.numPrompts());
    CommittedSplits committed = output.committed(plan, sample);
    new SplitStage(spark, new RunLabel(model.name(), options.output().folder()), console)
        .run(
            committed,
            plan,
            (splits, totals) ->
                corpus.run(
                    splits,
                    new RowWork(reference(model), options.engine(), options.rows(), totals),
                    sample,
                    output.commits(session, committed)));
    RunTimes times = new RunTimes(session, since(startNanos), since(generateStart));
    RunReport report = report(output.started(), model, committed.sums(), times);
    String reports = options.reportFolder();
    output.write(reports + "report.json", report.toJson());
    output.write(reports + "report.md", MarkdownReport.of(report));
    output.write(reports + "report.html", HtmlReport.of(report));
    output.finish();
    return Optional.of(report);
  }

  private void checkPreset(PresetModel preset, RunReport.Model model) {
    preset.check(options.settings().get("preset"), model.name(), model.sha256());
  }

  static ModelReference reference(RunReport.Model model) {
    return new ModelReference(model.path(), model.sha256());
  }

  private RunReport report(Instant begun, RunReport.Model model, RunSums sums, RunTimes times) {
    RunTotals totals = sums.totals();
    RunSummary summary =
        new RunSummary(
            totals, sums.shown(), times.total(sums.sessions()), times.generate(sums.sessions()));
    return new RunReport(
        RunTimes.shown(begun),
        times.sessions(sums.sessions()),
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
        RunSummary.splits(sums.splits()),
        RunSummary.executors(sums.executors()),
        summary.engines(),
        Versions.inUse(spark.version()));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
