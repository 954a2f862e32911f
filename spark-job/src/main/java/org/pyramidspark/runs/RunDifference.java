package org.pyramidspark.runs;

import static org.pyramidspark.report.Figures.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.pyramidspark.report.html.Table;

/**
 * Two runs side by side.
 *
 * @param a the one that the other is compared with
 * @param b the other
 */
public record RunDifference(FinishedRun a, FinishedRun b) {

  /** What was asked for, or was there, otherwise; the output folders and times differ anyway. */
  public Table settings() {
    Map<String, String> ofA = conditions(a);
    Map<String, String> ofB = conditions(b);
    TreeSet<String> names = new TreeSet<>(ofA.keySet());
    names.addAll(ofB.keySet());
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      String valueOfA = ofA.getOrDefault(name, "");
      String valueOfB = ofB.getOrDefault(name, "");
      if (!valueOfA.equals(valueOfB)) {
        rows.add(List.of(name, valueOfA, valueOfB));
      }
    }
    return new Table(
        "What differs",
        List.of(Table.Column.text("Setting"), Table.Column.text("A"), Table.Column.text("B")),
        rows);
  }

  private static Map<String, String> conditions(FinishedRun run) {
    Map<String, String> conditions = new LinkedHashMap<>(run.settings());
    List.of("output", "overwrite", "resume").forEach(conditions::remove);
    conditions.put("model's SHA-256", run.text("/model/sha256"));
    run.report()
        .path("versions")
        .fields()
        .forEachRemaining(
            version ->
                conditions.put("version of " + version.getKey(), version.getValue().asText()));
    conditions.put("engines", Integer.toString(run.report().path("engines").size()));
    conditions.put("processor", run.text("/engines/0/cpu"));
    conditions.put("threads", run.text("/engines/0/threads"));
    conditions.put("types", run.text("/engines/0/types"));
    return conditions;
  }

  /** The figures that one of them has, and B's by A's. */
  public Table figures() {
    List<List<String>> rows = new ArrayList<>();
    for (RunFigure figure : RunFigure.all()) {
      String ofA = figure.of(a);
      String ofB = figure.of(b);
      if (!ofA.isEmpty() || !ofB.isEmpty()) {
        rows.add(List.of(figure.name(), ofA, ofB, ratio(figure.pointer())));
      }
    }
    return new Table(
        "Figures",
        List.of(
            Table.Column.text("Figure"),
            Table.Column.number("A"),
            Table.Column.number("B"),
            Table.Column.number("B / A")),
        rows);
  }

  private String ratio(String pointer) {
    OptionalDouble ofA = a.figure(pointer);
    OptionalDouble ofB = b.figure(pointer);
    return ofA.isPresent() && ofB.isPresent() && ofA.getAsDouble() != 0
        ? format("%.2f", ofB.getAsDouble() / ofA.getAsDouble())
        : "";
  }
}
