package org.pyramidspark.job;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.evaluation.EvaluationReport;
import org.pyramidspark.evaluation.EvaluationText;
import org.pyramidspark.prompts.CorpusFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code evaluate}: scores completions on Spark. */
@Command(
    name = "evaluate",
    description = {
      "Scores completions against references on Spark, by task and over all rows, with 95 %%"
          + " bootstrap intervals;",
      "with --against also compares two runs on the same rows."
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all rows are scored",
      "1:the run failed; nothing is written",
      "2:an option, an input or the output folder does not serve, or no row can be scored",
      "3:the run is finished, and some rows could not be scored"
    })
public final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "COMPLETIONS",
      description =
          "An output folder of generate, or a JSONL file, a folder of *.jsonl files, or a glob, with"
              + " id and text, and optionally reference and task.")
  private String completions;

  @Option(
      names = "--against",
      paramLabel = "PATH",
      description = "The completions of another run, to compare with (default: none).")
  private String against;

  @Option(
      names = "--references",
      paramLabel = "PATH",
      description = {
        "References by id: a corpus as generate reads it, or JSONL with id and reference",
        "(default: those that the completions bring)."
      })
  private String references;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      converter = LabelConverter.Format.class,
      description =
          "How references are written: auto, leval or prompts, as for generate (default:"
              + " ${DEFAULT-VALUE}).")
  private CorpusFormat format;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "A folder that is not there yet: part-*.jsonl, report.json, report.md," + " report.html.")
  private String output;

  @Option(
      names = "--overwrite",
      description = "Replace an earlier run's output, once this run is finished (default: refuse).")
  private boolean overwrite;

  @Mixin private EvaluationArguments evaluation;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Tasks to cut the work in; changes no result (default: one for each core, more for large"
              + " inputs).")
  private Integer partitions;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark's master (default: that of spark-submit, else local[*]).")
  private String master;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    EvaluateOptions options = options();
    try (JavaSparkContext spark =
        new JavaSparkContext(
            SparkSessions.conf(Optional.ofNullable(master), "pyramid-spark evaluate"))) {
      EvaluationReport report = new EvaluateJob(spark, options).run();
      spec.commandLine().getOut().println(EvaluationText.console(report));
      spec.commandLine().getOut().printf("The report is in %s%n", output);
      spec.commandLine().getOut().flush();
      return report.rows().notScored().isEmpty() ? JobCommands.OK : JobCommands.ERROR_ROWS;
    }
  }

  private EvaluateOptions options() {
    return new EvaluateOptions(
        input(completions, CorpusFormat.PROMPTS),
        Optional.ofNullable(against).map(path -> input(path, CorpusFormat.PROMPTS)),
        Optional.ofNullable(references).map(path -> input(path, format)),
        new GenerateOptions.Output(output, overwrite),
        evaluation.settings(),
        settings());
  }

  /** A line of completions is a plain row: one row for each line. */
  private CorpusOptions input(String path, CorpusFormat format) {
    return new CorpusOptions(
        path,
        format,
        OptionalLong.empty(),
        partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions));
  }

  /** All options with their values, given or default. */
  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("completions", completions);
    settings.putAll(GivenOptions.of(spec, List.of()));
    return settings;
  }
}
