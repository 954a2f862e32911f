package org.pyramidspark.job;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.comparison.ComparisonReport;
import org.pyramidspark.comparison.ComparisonText;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.ComparisonSettings;
import org.pyramidspark.executor.EnginePreload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code compare}: what policies cost and gain on a corpus, on Spark. */
@Command(
    name = "compare",
    description = {
      "Completes a corpus under several policies on Spark, greedily, and compares each with the full"
          + " cache:",
      "speed, memory, divergence token by token, likelihood of the references, ROUGE."
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all rows are compared",
      "1:the run failed; nothing is written",
      "2:an option, the input, the output folder or the model does not serve",
      "3:the run is finished, and some rows are error rows"
    })
public final class CompareCommand implements Callable<Integer> {
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
          "A folder that is not there yet: part-*.jsonl, report.json, report.md," + " report.html.")
  private String output;

  @Option(
      names = "--overwrite",
      description = "Replace an earlier run's output, once this run is finished (default: refuse).")
  private boolean overwrite;

  @Option(
      names = "--report-rows",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Show N rows whole in report.html, drawn by their ids: the completions side by side, and"
              + " the prompt shaded by what each policy kept (default: ${DEFAULT-VALUE}).")
  private int reportRows;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark's master (default: that of spark-submit, else local[*]).")
  private String master;

  @Mixin private ComparedPolicies policies;

  @Option(
      names = "--reference-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description =
          "The most tokens of a reference whose likelihood is measured, 0: none (default:"
              + " ${DEFAULT-VALUE}).")
  private int referenceTokens;

  @Mixin private RowArguments rows;
  @Mixin private EngineArguments engine;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    CompareOptions options = options();
    SparkConf conf = SparkSessions.conf(Optional.ofNullable(master), "pyramid-spark compare");
    EnginePreload.start(options.model(), options.engine(), conf);
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      ComparisonReport report =
          new CompareJob(spark, options, GenerateJob.Console.standard()).run();
      spec.commandLine().getOut().println(ComparisonText.console(report));
      spec.commandLine().getOut().printf("The report is in %s%n", output);
      spec.commandLine().getOut().flush();
      return report.rows().errors() == 0 ? JobCommands.OK : JobCommands.ERROR_ROWS;
    }
  }

  private CompareOptions options() {
    List<NamedPolicy> compared = policies.policies();
    if (referenceTokens < 0) {
      throw InvalidInputException.of(
          "Option --reference-tokens is %d; give 0 or more.", referenceTokens);
    }
    return new CompareOptions(
        ModelStore.standard()
            .fetchIfKnown(model, line -> spec.commandLine().getErr().println("model: " + line)),
        corpus.options(),
        new GenerateOptions.Output(output, overwrite),
        new ComparisonSettings(
            compared,
            rows.settings(compared.getFirst().policy(), SamplingOptions.greedy()),
            referenceTokens),
        engine.settings(),
        reportRows,
        settings(compared));
  }

  /** All options with their values, given or default. */
  private Map<String, String> settings(List<NamedPolicy> compared) {
    Map<String, String> settings = GivenOptions.of(spec, List.of("--policy", "--budgets"));
    settings.put(
        "policy", compared.stream().map(NamedPolicy::name).collect(Collectors.joining(" ")));
    return settings;
  }
}
