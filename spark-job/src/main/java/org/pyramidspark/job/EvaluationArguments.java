package org.pyramidspark.job;

import java.util.Optional;
import org.pyramidspark.evaluation.Bootstrap;
import org.pyramidspark.evaluation.ErrorRows;
import org.pyramidspark.evaluation.EvaluationSettings;
import org.pyramidspark.evaluation.RowReading;
import org.pyramidspark.quality.ChoiceRule;
import org.pyramidspark.quality.Metric;
import org.pyramidspark.quality.RougeWords;
import picocli.CommandLine.Option;

/** Command-line options of scoring. */
final class EvaluationArguments {
  private static final String TASK_FIELD = "task";

  @Option(
      names = "--metrics",
      paramLabel = "LIST",
      description = {
        "Some of rouge1, rouge2, rougeL, rougeLsum (rouge for the four), f1, exact, choice, with"
            + " commas (default: by what a task's references look like:",
        "choice where all are letters A to D; else rouge,f1, and exact where they have 10 words"
            + " or fewer on average)."
      })
  private String metrics;

  @Option(
      names = "--choice",
      paramLabel = "RULE",
      converter = LabelConverter.Choice.class,
      description =
          "How letters are read out of answers: single, the first one, or multiple (default:"
              + " multiple for tasks with a reference of several letters).")
  private ChoiceRule choiceRule;

  @Option(
      names = "--rouge-words",
      paramLabel = "WORDS",
      defaultValue = "ascii",
      converter = LabelConverter.Words.class,
      description =
          "What ROUGE counts: ascii, a-z and 0-9 alone, as published scores do, or unicode, words"
              + " of all scripts (default: ${DEFAULT-VALUE}).")
  private RougeWords words;

  @Option(
      names = "--error-rows",
      paramLabel = "RULE",
      defaultValue = "skip",
      converter = LabelConverter.Errors.class,
      description =
          "Rows that the run could not complete: skip counts them, empty scores them as empty texts"
              + " (default: ${DEFAULT-VALUE}).")
  private ErrorRows errorRows;

  @Option(
      names = "--task-field",
      paramLabel = "FIELD",
      description =
          "Field of a completion or of its reference's row that names its task (default: task, and"
              + " where there is none the name of the file).")
  private String taskField;

  @Option(
      names = "--resamples",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Resamples of the bootstrap, 100 to 100000 (default: ${DEFAULT-VALUE}).")
  private int resamples;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "0",
      description = "Start of the bootstrap's random numbers (default: ${DEFAULT-VALUE}).")
  private long seed;

  EvaluationSettings settings() {
    return new EvaluationSettings(
        new RowReading(taskField == null ? TASK_FIELD : taskField, errorRows),
        taskField != null,
        Optional.ofNullable(metrics).map(Metric::parse),
        Optional.ofNullable(choiceRule),
        words,
        new Bootstrap(resamples, seed));
  }
}
