package org.pyramidspark.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pyramidspark.evaluation.EvaluationReport.Difference;
import org.pyramidspark.evaluation.EvaluationReport.Figures;
import org.pyramidspark.evaluation.EvaluationReport.Rows;
import org.pyramidspark.evaluation.EvaluationReport.Score;
import org.pyramidspark.evaluation.EvaluationReport.Task;
import org.pyramidspark.evaluation.EvaluationReport.Throughput;

/** Evaluations with figures that were drawn at random. */
public final class SampleEvaluation {
  private static final List<String> METRICS =
      List.of("rouge1", "rouge2", "rougeL", "rougeLsum", "f1");

  private SampleEvaluation() {}

  /**
   * @param text stands wherever tasks, paths and settings have their say
   * @param paired whether two runs are compared
   * @param tasks how many, at least 1
   */
  public static EvaluationReport with(String text, boolean paired, int tasks) {
    Random random = new Random(4);
    List<Task> all = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      all.add(
          new Task(
              task == 0 ? text : "task " + task,
              new Rows(120, 117, 1, Map.of("error", 2L, "no-reference", 1L)),
              task == 1 ? "multiple" : null,
              task == 1
                  ? Map.of("choice", figures(random, paired))
                  : figures(METRICS, random, paired)));
    }
    Map<String, Figures> overall = figures(METRICS, random, paired);
    overall.put("choice", figures(random, paired));
    return new EvaluationReport(
        "2026-01-01T00:00:00Z",
        Map.of("completions", text, "against", text, "resamples", "1000"),
        new Rows(480, 472, 3, Map.of("error", 8L)),
        overall,
        all,
        new Throughput(12.5, 38.4),
        Map.of("Java", text));
  }

  private static Map<String, Figures> figures(List<String> names, Random random, boolean paired) {
    Map<String, Figures> figures = new LinkedHashMap<>();
    names.forEach(name -> figures.put(name, figures(random, paired)));
    return figures;
  }

  private static Figures figures(Random random, boolean paired) {
    double mean = 0.1 + 0.3 * random.nextDouble();
    double more = 0.06 * random.nextDouble() - 0.02;
    return new Figures(
        117,
        score(mean),
        paired ? score(mean - more) : null,
        paired ? new Difference(more, more - 0.02, more + 0.02, 0.0123) : null);
  }

  private static Score score(double mean) {
    return new Score(mean, mean - 0.03, mean + 0.035);
  }
}
