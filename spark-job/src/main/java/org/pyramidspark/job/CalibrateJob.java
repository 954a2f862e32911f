package org.pyramidspark.job;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.calibration.Calibration;
import org.pyramidspark.calibration.CalibrationFolder;
import org.pyramidspark.calibration.CalibrationReport;
import org.pyramidspark.calibration.CalibrationText;
import org.pyramidspark.calibration.PresetText;
import org.pyramidspark.calibration.RowTrial;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.SampleReader;
import org.pyramidspark.executor.SampledPrompt;
import org.pyramidspark.executor.TrialRunner;
import org.pyramidspark.metrics.Progress;
import org.pyramidspark.metrics.ProgressLine;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.report.RunReport;

/**
 * One run of {@code calibrate} on Spark: draws a sample of the corpus, tries settings on a part of
 * it until the cheapest within the limit are found, checks them on the rest. A run that was stopped
 * goes on in its folder.
 */
public final class CalibrateJob {
  private static final String PRESET = "preset.yaml";

  private final JavaSparkContext spark;
  private final CalibrateOptions options;
  private final GenerateJob.Console console;
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final long startNanos = System.nanoTime();

  public CalibrateJob(
      JavaSparkContext spark, CalibrateOptions options, GenerateJob.Console console) {
    this.spark = spark;
    this.options = options;
    this.console = console;
  }

  /** As the command {@code calibrate}, for {@code spark-submit --class}. */
  public static void main(String[] args) {
    int exitCode = JobCommands.commandLine(new CalibrateCommand()).execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs to the end.
   *
   * @throws InvalidInputException if the input, the folder or the model does not serve
   */
  public CalibrationReport run() throws IOException {
    RunReport.Model model =
        GenerateJob.openModel(spark, options.model(), "--tokens", options.rows().maxNewTokens());
    CalibrationFolder folder =
        CalibrationFolder.open(options.folder(), question(model), spark.hadoopConfiguration());
    List<SampledPrompt> sample = sample(model);
    int numSearched = options.limits().searchRows();
    List<SampledPrompt> searchRows = sample.subList(0, numSearched);
    List<SampledPrompt> checkRows = sample.subList(numSearched, sample.size());
    Calibration calibration = new Calibration(folder, options.space(), options.limits().maxLoss());
    Optional<NamedPolicy> found =
        calibration.run(
            (round, policies, onCheckRows) ->
                trials(model, round, policies, onCheckRows ? checkRows : searchRows));
    CalibrationReport report =
        new CalibrationReport(
            started.toString(),
            options.settings(),
            model,
            options.limits().maxLoss(),
            searchRows.stream().map(SampledPrompt::id).toList(),
            checkRows.stream().map(SampledPrompt::id).toList(),
            calibration.search(),
            calibration.checks(),
            found
                .map(policy -> new CalibrationReport.Found(policy.name(), folder.pathOf(PRESET)))
                .orElse(null),
            (System.nanoTime() - startNanos) / 1e9,
            Versions.inUse(spark.version()));
    if (found.isPresent()) {
      folder.write(PRESET, preset(found.get(), report));
    }
    folder.write("report.json", report.toJson());
    folder.write("report.md", CalibrationText.markdown(report));
    return report;
  }

  /** What trials depend on. */
  private Map<String, String> question(RunReport.Model model) {
    Map<String, String> question = new LinkedHashMap<>(options.settings());
    List.of(
            "output",
            "master",
            "partitions",
            "max-sequences",
            "max-batch-tokens",
            "kv-budget",
            "gpus-per-task")
        .forEach(question::remove);
    question.put("model", "%s, SHA-256 %s".formatted(model.name(), model.sha256()));
    return question;
  }

  private List<SampledPrompt> sample(RunReport.Model model) {
    CorpusSplits corpus = CorpusSplits.on(spark);
    List<Split> splits = corpus.of(options.corpus());
    int wanted = options.limits().searchRows() + options.limits().checkRows();
    SampleReader reader =
        new SampleReader(
            GenerateJob.reference(model),
            options.engine(),
            options.rows(),
            wanted,
            corpus.hadoop());
    List<SampledPrompt> sample =
        stage(spark.parallelize(splits, splits.size())).mapPartitions(reader).collect().stream()
            .sorted(SampledPrompt.BY_PLACE)
            .limit(wanted)
            .toList();
    if (sample.size() < wanted) {
      throw InvalidInputException.of(
          "Input %s has %d rows that can be tried, and %d are wanted: --rows %d and --check-rows"
              + " %d; give fewer.",
          options.corpus().input(),
          sample.size(),
          wanted,
          options.limits().searchRows(),
          options.limits().checkRows());
    }
    return sample;
  }

  private List<RowTrial> trials(
      RunReport.Model model, String round, List<NamedPolicy> policies, List<SampledPrompt> rows) {
    console.out().printf("%s: %d settings on %d rows%n", round, policies.size(), rows.size());
    LongAccumulator rowsDone = spark.sc().longAccumulator(round);
    TrialRunner runner =
        new TrialRunner(
            GenerateJob.reference(model),
            options.engine(),
            policies,
            options.rows().maxNewTokens(),
            rowsDone);
    long start = System.nanoTime();
    try (ProgressLine line =
        ProgressLine.start(
            () -> progress(rows, rowsDone.value(), start), console.out(), console.terminal())) {
      return stage(spark.parallelize(rows, rows.size())).mapPartitions(runner).collect();
    }
  }

  private <T> JavaRDD<T> stage(JavaRDD<T> rows) {
    return options.engine().devices().stage(rows);
  }

  private Progress progress(List<SampledPrompt> rows, long done, long start) {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    long tokens = rows.stream().limit(done).mapToLong(row -> row.tokens().length).sum();
    return new Progress(
        done,
        rows.size(),
        0,
        tokens,
        done * options.rows().maxNewTokens(),
        (double) done / rows.size(),
        elapsed,
        elapsed);
  }

  private String preset(NamedPolicy found, CalibrationReport report) {
    return PresetText.of(
        found.policy(),
        report.model(),
        options.corpus().input(),
        report.maxLoss(),
        report.search().stream()
            .filter(trial -> trial.policy().equals(found.name()))
            .findFirst()
            .orElseThrow(),
        report.checks().getLast());
  }
}
