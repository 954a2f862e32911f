package org.pyramidspark.report;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.EngineSetup;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExecutorTime;
import org.pyramidspark.metrics.Latency;
import org.pyramidspark.metrics.MeanRouge;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.op.StepPart;
import org.pyramidspark.report.RunReport.Engine;
import org.pyramidspark.report.RunReport.ErrorRow;
import org.pyramidspark.report.RunReport.Kv;
import org.pyramidspark.report.RunReport.Latencies;
import org.pyramidspark.report.RunReport.Quantiles;
import org.pyramidspark.report.RunReport.Rouge;
import org.pyramidspark.report.RunReport.Rows;
import org.pyramidspark.report.RunReport.Throughput;

/**
 * Computes a report's figures.
 *
 * @param totals what Spark gathered
 * @param shown the rows that the report shows
 * @param total time of the whole run
 * @param generate time of the stage that completes rows
 */
public record RunSummary(RunTotals totals, ShownRows shown, Duration total, Duration generate) {
  private static final double NANOS_PER_SECOND = 1e9;

  public Rows rows() {
    TreeMap<String, Long> reasons = new TreeMap<>();
    totals.finishReasons().forEach((reason, rows) -> reasons.put(reason.label(), rows));
    TreeMap<String, Long> errors = new TreeMap<>();
    totals.errors().forEach((kind, rows) -> errors.put(kind.label(), rows));
    return new Rows(totals.rows(), totals.errorRows(), totals.truncatedRows(), reasons, errors);
  }

  public Throughput throughput() {
    double seconds = seconds(generate.toNanos());
    double prefillSeconds = seconds(sum(EngineReading::prefillNanos));
    double decodeSeconds = seconds(sum(EngineReading::decodeNanos));
    return new Throughput(
        seconds(total.toNanos()),
        seconds,
        seconds(max(reading -> reading.setup().loadNanos())),
        ratio(totals.rows(), seconds),
        totals.promptTokens(),
        ratio(totals.promptTokens(), seconds),
        totals.generatedTokens(),
        ratio(totals.generatedTokens(), seconds),
        rate(EngineReading::prefillTokens, EngineReading::prefillNanos),
        rate(EngineReading::decodeTokens, EngineReading::decodeNanos),
        prefillSeconds,
        decodeSeconds);
  }

  public Kv kv() {
    return new Kv(
        totals.keptKvFraction(),
        Arrays.stream(totals.keptKvByLayer()).boxed().toList(),
        totals.peakKvBytes(),
        totals.fullKvBytes(),
        ratio(totals.peakKvBytes(), totals.fullKvBytes()),
        sum(EngineReading::sharedPromptTokens),
        sum(EngineReading::sharedKvBytes),
        max(reading -> reading.to().peakKvBytes()),
        max(reading -> reading.setup().kvBudget()),
        max(reading -> reading.to().mostRunningSequences()),
        sum(EngineReading::setBacks));
  }

  /** Seconds of all engines by what they were spent on. */
  public Map<String, Double> breakdown() {
    Map<String, Double> parts = new LinkedHashMap<>();
    for (StepPart part : StepPart.values()) {
      parts.put(part.label(), seconds(sum(reading -> reading.nanos(part))));
    }
    return parts;
  }

  public Latencies latencies() {
    return new Latencies(
        quantiles(totals.prefill()), quantiles(totals.decode()), quantiles(totals.row()));
  }

  /** Null where no row has a reference. */
  public Rouge rouge() {
    MeanRouge mean = totals.meanRouge();
    return totals.scoredRows() == 0
        ? null
        : new Rouge(totals.scoredRows(), mean.rouge1(), mean.rouge2(), mean.rougeL());
  }

  /** Some of each kind. */
  public List<ErrorRow> errorRows() {
    return shown.errors().stream()
        .map(row -> new ErrorRow(row.id(), row.kind().label(), row.reason()))
        .toList();
  }

  public List<ExampleRow> sampledRows() {
    return shown.examples();
  }

  /** Executors as reports have them. */
  public static List<RunReport.Executor> executors(List<ExecutorTime> times) {
    return times.stream().map(RunSummary::executor).toList();
  }

  private static RunReport.Executor executor(ExecutorTime time) {
    double whole = seconds(time.whole().toNanos());
    double idle = seconds(time.idle().toNanos());
    return new RunReport.Executor(
        time.executor(), time.host(), time.splits(), time.rows(), whole, idle, ratio(idle, whole));
  }

  public List<Engine> engines() {
    return readings().stream().map(reading -> engine(reading.engine(), reading.setup())).toList();
  }

  /** An engine as reports have it. */
  public static Engine engine(String name, EngineSetup setup) {
    return new Engine(
        name,
        setup.machine().host(),
        setup.machine().cpu(),
        setup.machine().numCores(),
        setup.machine().memoryBytes(),
        setup.numThreads(),
        setup.types(),
        setup.deterministic(),
        setup.kernels(),
        setup.tensorFlow());
  }

  private Collection<EngineReading> readings() {
    return totals.engines().values();
  }

  private long sum(ToLongFunction<EngineReading> counter) {
    return readings().stream().mapToLong(counter).sum();
  }

  private long max(ToLongFunction<EngineReading> counter) {
    return readings().stream().mapToLong(counter).max().orElse(0);
  }

  /** Of all engines together; sessions of a run follow one another. */
  private double rate(ToLongFunction<EngineReading> tokens, ToLongFunction<EngineReading> nanos) {
    double seconds = 0;
    for (List<EngineReading> session : sessions()) {
      double rate =
          session.stream()
              .mapToDouble(
                  reading ->
                      ratio(tokens.applyAsLong(reading), seconds(nanos.applyAsLong(reading))))
              .sum();
      seconds += ratio(session.stream().mapToLong(tokens).sum(), rate);
    }
    return ratio(sum(tokens), seconds);
  }

  private Collection<List<EngineReading>> sessions() {
    return readings().stream().collect(Collectors.groupingBy(EngineReading::session)).values();
  }

  private static Quantiles quantiles(Latency latency) {
    return new Quantiles(
        latency.meanSeconds(),
        latency.quantileSeconds(0.5),
        latency.quantileSeconds(0.9),
        latency.quantileSeconds(0.99),
        latency.quantileSeconds(1));
  }

  private static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
