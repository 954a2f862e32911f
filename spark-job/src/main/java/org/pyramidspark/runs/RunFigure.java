package org.pyramidspark.runs;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.mebibytes;
import static org.pyramidspark.report.Figures.number;
import static org.pyramidspark.report.Figures.percent;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/**
 * A figure that runs are compared by.
 *
 * @param name for people
 * @param pointer where it stands in the report
 * @param form how it is written
 */
record RunFigure(String name, String pointer, DoubleFunction<String> form) {

  /** Those of a whole run, in the order of the report. */
  static List<RunFigure> all() {
    return List.of(
        new RunFigure("rows", "/rows/total", RunFigure::whole),
        new RunFigure("error rows", "/rows/errors", RunFigure::whole),
        new RunFigure("truncated rows", "/rows/truncated", RunFigure::whole),
        new RunFigure("seconds", "/throughput/total_seconds", value -> number(value)),
        new RunFigure("rows/s", "/throughput/rows_per_second", value -> number(value)),
        new RunFigure("prompt tokens", "/throughput/prompt_tokens", RunFigure::whole),
        new RunFigure("generated tokens", "/throughput/generated_tokens", RunFigure::whole),
        new RunFigure(
            "prefill tokens/s", "/throughput/prefill_tokens_per_second", value -> number(value)),
        new RunFigure(
            "decode tokens/s", "/throughput/decode_tokens_per_second", value -> number(value)),
        new RunFigure("KV kept", "/kv/kept_fraction", value -> percent(value)),
        new RunFigure("KV of an engine at most", "/kv/engine_peak_bytes", RunFigure::memory),
        new RunFigure("rows at once at most", "/kv/most_running_rows", RunFigure::whole),
        new RunFigure("set-backs", "/kv/set_backs", RunFigure::whole),
        new RunFigure("seconds of a row, median", "/latency/row/p50", value -> number(value)),
        new RunFigure("seconds of a row, 99 %", "/latency/row/p99", value -> number(value)),
        new RunFigure("ROUGE-1", "/rouge/rouge1", value -> percent(value)),
        new RunFigure("ROUGE-2", "/rouge/rouge2", value -> percent(value)),
        new RunFigure("ROUGE-L", "/rouge/rougeL", value -> percent(value)));
  }

  /** The figure of a run as people read it, empty if its report does not have it. */
  String of(FinishedRun run) {
    OptionalDouble value = run.figure(pointer);
    return value.isPresent() ? form.apply(value.getAsDouble()) : "";
  }

  private static String whole(double value) {
    return count(Math.round(value));
  }

  private static String memory(double bytes) {
    return mebibytes(Math.round(bytes));
  }
}
