package org.pyramidspark.job;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.commit.FinishedInput;
import org.pyramidspark.completions.JsonLinesOutputFormat;
import org.pyramidspark.completions.OutputFolder;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.evaluation.Evaluation;
import org.pyramidspark.evaluation.EvaluationReport;
import org.pyramidspark.evaluation.EvaluationResult;
import org.pyramidspark.evaluation.EvaluationSources;
import org.pyramidspark.evaluation.EvaluationText;
import org.pyramidspark.prompts.RowCost;
import org.pyramidspark.prompts.Split;
import scala.Tuple2;

/**
 * One run of {@code evaluate} on Spark. The output folder appears at the end, whole; a run that
 * fails leaves nothing.
 */
public final class EvaluateJob {
  private final JavaSparkContext spark;
  private final EvaluateOptions options;
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  public EvaluateJob(JavaSparkContext spark, EvaluateOptions options) {
    this.spark = spark;
    this.options = options;
  }

  /** As the command {@code evaluate}, for {@code spark-submit --class}. */
  public static void main(String[] args) {
    int exitCode = JobCommands.commandLine(new EvaluateCommand()).execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs to the end.
   *
   * @throws InvalidInputException if an input or the output folder does not serve, or no row can be
   *     scored
   */
  public EvaluationReport run() throws IOException {
    checkInputs();
    try (OutputFolder output =
        OutputFolder.prepare(
            options.output().folder(), options.output().overwrite(), spark.hadoopConfiguration())) {
      CorpusSplits corpus = CorpusSplits.on(spark);
      EvaluationSources sources =
          new EvaluationSources(
              corpus.of(options.completions(), RowCost.OF_READING),
              splits(corpus, options.against()),
              splits(corpus, options.references()));
      int partitions = options.completions().partitions().orElse(sources.run().size());
      long start = System.nanoTime();
      try (Evaluation evaluation =
          new Evaluation(spark, corpus.hadoop(), sources, options.evaluation(), partitions)) {
        EvaluationResult result = evaluation.result();
        write(evaluation.lines(), output.stagingPath());
        EvaluationReport report = report(result, (System.nanoTime() - start) / 1e9);
        output.write("report.json", report.toJson());
        output.write("report.md", EvaluationText.markdown(report));
        output.write("report.html", EvaluationText.html(report));
        output.commit();
        return report;
      }
    }
  }

  /** Rows that are missing or there twice would be scored as if they were all. */
  private void checkInputs() {
    FinishedInput.check(options.completions().input(), spark.hadoopConfiguration());
    options
        .against()
        .ifPresent(input -> FinishedInput.check(input.input(), spark.hadoopConfiguration()));
  }

  private static List<Split> splits(CorpusSplits corpus, Optional<CorpusOptions> input) {
    return input.map(read -> corpus.of(read, RowCost.OF_READING)).orElse(List.of());
  }

  private static void write(JavaRDD<String> lines, String folder) {
    lines
        .mapToPair(line -> new Tuple2<>(NullWritable.get(), new Text(line)))
        .saveAsNewAPIHadoopFile(
            folder, NullWritable.class, Text.class, JsonLinesOutputFormat.class);
  }

  private EvaluationReport report(EvaluationResult result, double seconds) {
    EvaluationReport.Rows rows = result.rows();
    return new EvaluationReport(
        started.toString(),
        options.settings(),
        rows,
        result.overallFigures(),
        result.taskFigures(),
        new EvaluationReport.Throughput(seconds, rows.total() / seconds),
        Versions.inUse(spark.version()));
  }
}
