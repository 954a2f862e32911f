package org.pyramidspark.report;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.mebibytes;
import static org.pyramidspark.report.Figures.number;

import java.util.List;
import java.util.Map;
import org.pyramidspark.report.RunReport.Engine;
import org.pyramidspark.report.RunReport.ErrorRow;
import org.pyramidspark.report.RunReport.Session;
import org.pyramidspark.report.html.Table;
import org.pyramidspark.report.html.Table.Column;

/** Tables that the pages of several reports have. */
public final class ReportTables {
  private ReportTables() {}

  /** Names and values. */
  public static Table entries(String caption, String head, Map<String, String> entries) {
    return new Table(
        caption,
        List.of(Column.text(head), Column.text("Value")),
        entries.entrySet().stream()
            .map(entry -> List.of(entry.getKey(), entry.getValue()))
            .toList());
  }

  /** Rows and what is wrong with them. */
  public static Table errorRows(List<ErrorRow> rows) {
    return new Table(
        "Error rows",
        List.of(Column.text("Row"), Column.text("Error"), Column.text("Reason")),
        rows.stream().map(row -> List.of(row.id(), row.kind(), row.reason())).toList());
  }

  /** How often a run was begun or gone on with. */
  public static Table sessions(List<Session> sessions) {
    return new Table(
        "Sessions",
        List.of(
            Column.text("Started"),
            Column.number("Seconds"),
            Column.number("Splits"),
            Column.number("Rows")),
        sessions.stream()
            .map(
                session ->
                    List.of(
                        session.started(),
                        number(session.seconds()),
                        count(session.splits()),
                        count(session.rows())))
            .toList());
  }

  /** How busy executors were. */
  public static Table executors(List<RunReport.Executor> executors) {
    return new Table(
        "Executors",
        List.of(
            Column.text("Executor"),
            Column.text("Host"),
            Column.number("Splits"),
            Column.number("Rows"),
            Column.number("Seconds from its first task to the last of all"),
            Column.number("Seconds without a task"),
            Column.number("Share")),
        executors.stream().map(ReportTables::executor).toList());
  }

  private static List<String> executor(RunReport.Executor executor) {
    return List.of(
        executor.name(),
        executor.host(),
        count(executor.splits()),
        count(executor.rows()),
        Figures.format("%.2f", executor.seconds()),
        Figures.format("%.2f", executor.idleSeconds()),
        Figures.percent(executor.idleShare()));
  }

  /** Engines with their machines. */
  public static Table engines(List<Engine> engines) {
    return new Table(
        "Engines",
        List.of(
            Column.text("Engine"),
            Column.text("Host"),
            Column.text("Processor"),
            Column.number("Cores"),
            Column.number("Memory"),
            Column.number("Threads"),
            Column.text("Compute / KV"),
            Column.text("Deterministic"),
            Column.text("Kernels"),
            Column.text("TensorFlow")),
        engines.stream().map(ReportTables::engine).toList());
  }

  private static List<String> engine(Engine engine) {
    return List.of(
        engine.name(),
        engine.host(),
        engine.cpu(),
        count(engine.cores()),
        mebibytes(engine.memoryBytes()),
        count(engine.threads()),
        engine.types(),
        engine.deterministic() ? "yes" : "no",
        engine.kernels(),
        engine.tensorflow());
  }
}
