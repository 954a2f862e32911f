package org.pyramidspark.job;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.commit.CommittedSplits;
import org.pyramidspark.commit.RunOutput;
import org.pyramidspark.commit.RunPlan;
import org.pyramidspark.commit.RunSums;
import org.pyramidspark.commit.Session;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.ModelReference;
import org.pyramidspark.executor.PartitionRunner;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.Terminal;
import org.pyramidspark.models.ModelFinder;
import org.pyramidspark.monitoring.RunMonitor.RunLabel;
import org.pyramidspark.prompts.CorpusFile;
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
   * @throws InvalidInputException if the input, the output folder or the model does not serve
   */
  public Optional<RunReport> run() throws IOException {
    RunReport.Model model =
        openModel(spark, options.model(), "--max-new-tokens", options.rows().maxNewTokens());
    options.presetModel().ifPresent(preset -> checkPreset(preset, model));
    GenerateOptions.Output wanted = options.output();
    try (RunOutput output =
        RunOutput.open(
            wanted.folder(),
            wanted.resume(),
            wanted.overwrite(),
            spark.hadoopConfiguration(),
            console.out()::println)) {
      try {
        return run(model, output);
      } catch (Exception failure) {
        throw output.stopped(failure);
      }
    }
  }

  private Optional<RunReport> run(RunReport.Model model, RunOutput output) throws IOException {
    CorpusSplits corpus = CorpusSplits.on(spark);
    RunPlan plan = plan(model, output, corpus);
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
            plan.numPrompts(),
            plan.workBytes(),
            totals ->
                new PartitionRunner(
                    reference(model),
                    options.engine(),
                    options.rows(),
                    sample,
                    output.commits(session, committed),
                    totals,
                    corpus.hadoop()));
    RunTimes times = new RunTimes(session, since(startNanos), since(generateStart));
    RunReport report = report(output.started(), model, committed.sums(), times);
    output.write("report.json", report.toJson());
    output.write("report.md", MarkdownReport.of(report));
    output.write("report.html", HtmlReport.of(report));
    output.finish();
    return Optional.of(report);
  }

  private RunPlan plan(RunReport.Model model, RunOutput output, CorpusSplits corpus)
      throws IOException {
    Map<String, String> settings = DecidingSettings.of(options.settings(), model);
    List<CorpusFile> files = corpus.files(options.corpus());
    return output.isBegun()
        ? output.resume(settings, files)
        : output.begin(settings, new RunPlan(files, corpus.of(options.corpus(), files)), started);
  }

  private void checkPreset(PresetModel preset, RunReport.Model model) {
    preset.check(options.settings().get("preset"), model.name(), model.sha256());
  }

  /**
   * Looks at the model before anything else is done.
   *
   * @param given what the user has named it by
   * @param option that gives the number of new tokens, for the message
   */
  static RunReport.Model openModel(
      JavaSparkContext spark, String given, String option, int maxNewTokens) {
    ModelFinder.Found found = ModelFinder.onDriver(given, spark.sc());
    try (Checkpoint checkpoint = Checkpoint.open(found.file())) {
      int context = checkpoint.config().contextLength();
      if (maxNewTokens >= context) {
        throw InvalidInputException.of(
            "Option %s is %d; the model's context holds %d tokens, prompt included, so give fewer.",
            option, maxNewTokens, context);
      }
      return new RunReport.Model(
          checkpoint.config().name(), found.location().toString(), checkpoint.sha256());
    }
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
        RunSummary.executors(sums.executors()),
        summary.engines(),
        Versions.inUse(spark.version()));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
