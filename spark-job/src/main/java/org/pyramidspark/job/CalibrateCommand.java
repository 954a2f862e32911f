package org.pyramidspark.job;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.calibration.CalibrationReport;
import org.pyramidspark.calibration.CalibrationText;
import org.pyramidspark.calibration.SearchSpace;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.EnginePreload;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.guard.GuardSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code calibrate}: the cheapest settings of a policy within a loss, on Spark. */
@Command(
    name = "calibrate",
    description = {
      "Finds, on a sample of a corpus, the settings of a policy that keep and compute least within a"
          + " loss, checks them on other rows, and writes a preset.",
      "Run it again on the same folder to go on where it was stopped."
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:settings are found, and the preset is written",
      "1:the run failed; trials that are done are kept",
      "2:an option, the input, the folder or the model does not serve",
      "4:no settings hold the limit; the report says what was tried"
    })
public final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description =
          "A GGUF file of the Llama architecture: a path that is the same on every host, or on HDFS"
              + " or S3A, or the name of one of spark-submit's --files; or the name of a known"
              + " model, which is fetched.")
  private String model;

  @Mixin private CorpusArguments corpus;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "A folder that is not there yet, or that of a calibration that was stopped: preset.yaml,"
              + " report.json, report.md, trials-*.jsonl.")
  private String output;

  @Option(
      names = "--max-loss",
      required = true,
      paramLabel = "LOSS",
      description =
          "The most that compression may cost: the mean KL divergence of the next token from the"
              + " full cache, in nats, such as 0.05.")
  private double maxLoss;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = Policies.DEFAULT,
      description = "Whose settings are chosen: any but full (default: ${DEFAULT-VALUE}).")
  private String policy;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "6",
      description = "Rows to search on, drawn from the corpus (default: ${DEFAULT-VALUE}).")
  private int searchRows;

  @Option(
      names = "--check-rows",
      paramLabel = "N",
      defaultValue = "6",
      description =
          "Other rows to check the result on, drawn from the corpus (default: ${DEFAULT-VALUE}).")
  private int checkRows;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Next tokens that are compared on a row, along the full cache's own completion (default:"
              + " ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "0",
      description = "Chooses the rows (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark's master (default: that of spark-submit, else local[*]).")
  private String master;

  @Mixin private PromptArguments prompts;
  @Mixin private EngineArguments engine;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    CalibrateOptions options = options();
    SparkConf conf = SparkSessions.conf(Optional.ofNullable(master), "pyramid-spark calibrate");
    EnginePreload.start(options.model(), options.engine(), conf);
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      CalibrationReport report =
          new CalibrateJob(spark, options, GenerateJob.Console.standard()).run();
      spec.commandLine().getOut().println(CalibrationText.console(report));
      spec.commandLine().getOut().flush();
      return report.found() == null ? JobCommands.NOT_FOUND : JobCommands.OK;
    }
  }

  private CalibrateOptions options() {
    CalibrateOptions.Limits limits = new CalibrateOptions.Limits(maxLoss, searchRows, checkRows);
    SearchSpace space = SearchSpace.of(policy);
    return new CalibrateOptions(
        ModelStore.standard()
            .fetchIfKnown(model, line -> spec.commandLine().getErr().println("model: " + line)),
        corpus.options(),
        output,
        space,
        limits,
        rows(),
        engine.settings(),
        GivenOptions.of(spec, List.of()));
  }

  private RowSettings rows() {
    if (tokens < 1) {
      throw InvalidInputException.of("Option --tokens is %d; give 1 or more.", tokens);
    }
    return new RowSettings(
        Policies.of(policy, Map.of()),
        new SamplingOptions(0, 0, 1, seed),
        tokens,
        List.of(),
        true,
        GuardSettings.OFF,
        prompts.limit());
  }
}
