package org.pyramidspark.report;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.mebibytes;
import static org.pyramidspark.report.Figures.number;
import static org.pyramidspark.report.Figures.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pyramidspark.report.RunReport.Kv;
import org.pyramidspark.report.RunReport.Quantiles;
import org.pyramidspark.report.RunReport.Rouge;
import org.pyramidspark.report.RunReport.Throughput;
import org.pyramidspark.report.html.Axis;
import org.pyramidspark.report.html.BarChart;
import org.pyramidspark.report.html.BarChart.Bar;
import org.pyramidspark.report.html.StackedBar;
import org.pyramidspark.report.html.StackedBar.Part;
import org.pyramidspark.report.html.Table;
import org.pyramidspark.report.html.Table.Column;
import org.pyramidspark.report.html.Tile;

/**
 * A run's report as the blocks of its page.
 *
 * @param report the figures
 */
public record RunPage(RunReport report) {

  /** What the cache kept, or nothing if the settings do not say. */
  public String policy() {
    return report.settings().getOrDefault("policy", "");
  }

  public List<Tile> tiles() {
    Throughput rates = report.throughput();
    Kv kv = report.kv();
    return List.of(
        new Tile("Rows", count(report.rows().total()), counts(report.rows().finishReasons())),
        new Tile("Errors", count(report.rows().errors()), counts(report.rows().errorKinds())),
        new Tile(
            "Generated tokens/s",
            number(rates.generatedTokensPerSecond()),
            count(rates.generatedTokens()) + " tokens"),
        new Tile(
            "Prompt tokens/s",
            number(rates.promptTokensPerSecond()),
            count(rates.promptTokens()) + " tokens"),
        new Tile("KV kept", percent(kv.keptFraction()), "of the prompts' entries, after prefill"),
        new Tile(
            "KV bytes of the full",
            percent(kv.peakToFull()),
            mebibytes(kv.rowPeakBytes()) + " of " + mebibytes(kv.fullBytes())),
        new Tile(
            "Peak KV of an engine",
            mebibytes(kv.enginePeakBytes()),
            "of a budget of " + mebibytes(kv.engineBudgetBytes())),
        new Tile("Time", number(rates.totalSeconds()) + " s", seconds(rates)));
  }

  private static String seconds(Throughput rates) {
    return "%s s to complete the rows, with %s s to load the model"
        .formatted(number(rates.generateSeconds()), number(rates.modelLoadSeconds()));
  }

  private static String counts(Map<String, Long> rows) {
    return rows.entrySet().stream()
        .map(entry -> entry.getKey() + " " + count(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  public Table throughput() {
    Throughput rates = report.throughput();
    return new Table(
        "Throughput",
        List.of(
            Column.text("Tokens"),
            Column.number("Count"),
            Column.number("Tokens/s over the run"),
            Column.number("Tokens/s of such steps"),
            Column.number("Seconds in such steps")),
        List.of(
            List.of(
                "Prompt (prefill)",
                count(rates.promptTokens()),
                number(rates.promptTokensPerSecond()),
                number(rates.prefillTokensPerSecond()),
                number(rates.prefillSeconds())),
            List.of(
                "Generated (decode)",
                count(rates.generatedTokens()),
                number(rates.generatedTokensPerSecond()),
                number(rates.decodeTokensPerSecond()),
                number(rates.decodeSeconds()))));
  }

  public Table latency() {
    return new Table(
        "Latency of rows in seconds",
        List.of(
            Column.text("Seconds of a row"),
            Column.number("Mean"),
            Column.number("50 %"),
            Column.number("90 %"),
            Column.number("99 %"),
            Column.number("Longest")),
        List.of(
            quantiles("Prefill", report.latency().prefill()),
            quantiles("Decode", report.latency().decode()),
            quantiles("Both", report.latency().row())));
  }

  private static List<String> quantiles(String name, Quantiles times) {
    return List.of(
        name,
        seconds(times.mean()),
        seconds(times.p50()),
        seconds(times.p90()),
        seconds(times.p99()),
        seconds(times.max()));
  }

  private static String seconds(double seconds) {
    return Figures.format("%.3f", seconds);
  }

  public StackedBar breakdown() {
    List<Part> parts = new ArrayList<>();
    report
        .breakdown()
        .forEach((part, seconds) -> parts.add(new Part(part, seconds, number(seconds) + " s")));
    return new StackedBar("breakdown", "Where the engines' time went", parts);
  }

  /** Share of one part of the breakdown. */
  public String share(Part part) {
    double total = report.breakdown().values().stream().mapToDouble(Double::doubleValue).sum();
    return percent(total == 0 ? 0 : part.value() / total);
  }

  public BarChart layers() {
    List<Double> kept = report.kv().keptByLayer();
    return new BarChart(
        "layers",
        "KV entries kept by layer",
        Axis.percent("Entries kept"),
        "Layer",
        IntStream.range(0, kept.size())
            .mapToObj(l -> new Bar(count(l + 1), kept.get(l), percent(kept.get(l))))
            .toList());
  }

  public Table kv() {
    Kv kv = report.kv();
    return pairs(
        "KV cache",
        List.of(
            List.of("Bytes of all rows, at their peaks", mebibytes(kv.rowPeakBytes())),
            List.of("The same with a full cache", mebibytes(kv.fullBytes())),
            List.of("Most rows at once in one engine", count(kv.mostRunningRows())),
            List.of("Times that rows were set back for memory", count(kv.setBacks())),
            List.of(
                "Prompt tokens not computed again, since shared", count(kv.sharedPromptTokens())),
            List.of("Bytes not stored twice, since shared", mebibytes(kv.sharedBytes()))));
  }

  private static Table pairs(String caption, List<List<String>> rows) {
    return new Table(caption, List.of(Column.text(""), Column.number("")), rows);
  }

  /** F-measures in percent; to be asked for where the report has some. */
  public Table quality() {
    Rouge rouge = report.rouge();
    return new Table(
        "Quality against the references",
        List.of(Column.text("Measure"), Column.number("Mean, percent")),
        List.of(
            List.of("ROUGE-1", hundredths(rouge.rouge1())),
            List.of("ROUGE-2", hundredths(rouge.rouge2())),
            List.of("ROUGE-L", hundredths(rouge.rougeL()))));
  }

  private static String hundredths(double share) {
    return Figures.format("%.2f", 100 * share);
  }

  /** To be asked for where the report has a guard. */
  public GuardPage guard() {
    return new GuardPage(report.guard());
  }

  public Table errors() {
    return ReportTables.errorRows(report.errorRows());
  }

  /** Error rows that the table leaves out. */
  public long moreErrors() {
    return report.rows().errors() - report.errorRows().size();
  }

  public List<ExamplePage> rows() {
    return IntStream.range(0, report.sampledRows().size())
        .mapToObj(i -> new ExamplePage("row-" + (i + 1), report.sampledRows().get(i)))
        .toList();
  }

  public Table settings() {
    return ReportTables.entries("Settings", "Option", report.settings());
  }

  public Table versions() {
    return ReportTables.entries("Versions", "Of", report.versions());
  }

  /** To be shown where there are several. */
  public Table sessions() {
    return ReportTables.sessions(report.sessions());
  }

  public Table executors() {
    return ReportTables.executors(report.executors());
  }

  public Table engines() {
    return ReportTables.engines(report.engines());
  }
}
