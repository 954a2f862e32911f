package org.pyramidspark.job;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.executor.EnginePreload;
import org.pyramidspark.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code generate}: completes a corpus on Spark. */
@Command(
    name = "generate",
    description = "Completes the prompts of a corpus on Spark and reports how it went.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all rows are complete, or --resume found the run finished",
      "1:the run failed; what it has finished stays, and --resume goes on with it",
      "2:an option, the input, the output folder or the model does not serve",
      "3:the run is finished, and some rows are error rows"
    })
public final class GenerateCommand implements Callable<Integer> {
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
  @Mixin private TableArguments tables;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "A folder that is not there yet: part-*.jsonl, report.html, report.md, report.json, and"
              + " _SUCCESS once all is there.")
  private String output;

  @Option(
      names = "--resume",
      description =
          "Go on with the run in the output folder if it was stopped, without its finished splits;"
              + " settings that decide rows and the corpus must be the same. Begin one if none is"
              + " there, do nothing if it is finished (default: refuse a folder that is there).")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Replace an earlier run's output, once this run is finished; until then it writes to"
              + " .DIR.next beside it. With --resume, go on with such a run (default: refuse).")
  private boolean overwrite;

  @Option(
      names = "--report-rows",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Show N rows whole in report.html, drawn by --seed: the prompt shaded by what the cache"
              + " kept, and the completion (default: ${DEFAULT-VALUE}).")
  private int reportRows;

  @Option(
      names = "--row-timeout",
      paramLabel = "TIME",
      converter = TimeSpanConverter.class,
      description =
          "Make a row an error row once it has run for so long, such as 10m (default: none).")
  private Long rowTimeout;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark's master (default: that of spark-submit, else local[*]).")
  private String master;

  @Mixin private PolicyArguments policy;
  @Mixin private FallbackArguments fallback;
  @Mixin private RowArguments rows;
  @Mixin private SamplingArguments sampling;
  @Mixin private GuardArguments guard;
  @Mixin private EngineArguments engine;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    GenerateOptions options = options();
    SparkConf conf = SparkSessions.conf(Optional.ofNullable(master), "pyramid-spark generate");
    EnginePreload.start(options.model(), options.engine(), conf);
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      Optional<RunReport> report =
          new GenerateJob(spark, options, GenerateJob.Console.standard()).run();
      if (report.isEmpty()) {
        spec.commandLine().getOut().printf("The run in %s is finished already.%n", output);
        return JobCommands.OK;
      }
      printSummary(report.get());
      return report.get().rows().errors() == 0 ? JobCommands.OK : JobCommands.ERROR_ROWS;
    }
  }

  /** What the command line asks for, once it is parsed. */
  GenerateOptions options() {
    return new GenerateOptions(
        ModelStore.standard()
            .fetchIfKnown(model, line -> spec.commandLine().getErr().println("model: " + line)),
        corpus.options(),
        tables.options(corpus.options()),
        new GenerateOptions.Output(output, overwrite, resume),
        rows.settings(policy.policy(), sampling.options())
            .withGuard(guard.settings(sampling.options().seed()))
            .withTimeout(rowTimeout == null ? GenerationRequest.NO_TIMEOUT : rowTimeout)
            .withFallback(fallback.policy()),
        policy.presetModel(),
        engine.settings(),
        reportRows,
        settings());
  }

  /** All options with their values, given or default. */
  private Map<String, String> settings() {
    Map<String, String> settings =
        GivenOptions.of(
            spec,
            Stream.concat(
                    Stream.of("--policy", "--preset", "--set", "--protect"),
                    TableArguments.APART.stream())
                .toList());
    settings.putAll(tables.settings());
    settings.putAll(policy.settings());
    return settings;
  }

  private void printSummary(RunReport report) {
    spec.commandLine()
        .getOut()
        .printf(
            "%,d rows, %,d of them with errors, in %s%n",
            report.rows().total(), report.rows().errors(), output);
    if (report.guard() != null) {
      spec.commandLine().getOut().println("guard: " + report.guard().verdict());
    }
  }
}
