package org.pyramidspark.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.metrics.ShadedPrompt;
import org.pyramidspark.metrics.ShadedPrompt.Run;
import org.pyramidspark.op.StepPart;

/** A report with everything in it. */
final class SampleReport {
  static final int LAYERS = 30;

  private SampleReport() {}

  /**
   * @param text stands wherever corpus, model, paths and settings have their say
   */
  static RunReport with(String text) {
    return new RunReport(
        "2026-01-01T00:00:00Z",
        List.of(
            new RunReport.Session("2026-01-01T00:00:00Z", 12.5, 3, 4_000),
            new RunReport.Session("2026-01-02T00:00:00Z", 48.75, 5, 8_345)),
        Map.of("policy", "pyramid", "input", text),
        new RunReport.Model(text, text, "00ff"),
        new RunReport.Rows(
            12_345, 11, 3, Map.of("eos", 12_334L, "error", 11L), Map.of("not-json", 11L)),
        new RunReport.Throughput(
            61.25, 58.5, 4.125, 210.9, 9_876_543, 168_830.5, 1_234_567, 21_103.7, 300_000, 40_000,
            33.5, 31.25),
        kv(),
        new RunReport.Latencies(quantiles(1), quantiles(2), quantiles(3)),
        new RunReport.Rouge(12_000, 0.31251, 0.1234, 0.2217),
        guard(text),
        List.of(new RunReport.ErrorRow(text, "not-json", text)),
        List.of(row(text), row("a second row")),
        breakdown(),
        List.of(new RunReport.Executor(text, text, 8, 12_345, 58.5, 1.25, 0.0214)),
        List.of(
            new RunReport.Engine(
                text,
                text,
                text,
                16,
                64L << 30,
                16,
                "bfloat16 / int8",
                true,
                "vector-512",
                "2.18")),
        Map.of("Java", text));
  }

  private static RunReport.Kv kv() {
    Double[] kept = new Double[LAYERS];
    Arrays.setAll(kept, layer -> 1 - layer / 50.0);
    return new RunReport.Kv(
        0.7123,
        Arrays.asList(kept),
        300L << 20,
        500L << 20,
        0.6,
        17,
        4096,
        40L << 20,
        2L << 30,
        64,
        2);
  }

  private static GuardReport guard(String text) {
    GuardReport.Loss loss = new GuardReport.Loss(12, 0.25, 0.0625, 0.4375);
    return new GuardReport(
        0.05,
        0.02,
        32,
        12.5,
        0.125,
        List.of(
            new GuardReport.Level(0, "snapkv", Map.of("budget", 0.1), 15, loss, 2),
            new GuardReport.Level(
                1,
                "snapkv",
                Map.of("budget", 0.55),
                12_319,
                new GuardReport.Loss(0, null, null, null),
                0)),
        List.of(
            new GuardReport.Decision("driver/1", "2026-01-01T00:00:10Z", 15, text, 0, 1, loss)));
  }

  private static RunReport.Quantiles quantiles(double scale) {
    return new RunReport.Quantiles(scale, scale / 2, 2 * scale, 3 * scale, 4 * scale);
  }

  private static Map<String, Double> breakdown() {
    Map<String, Double> parts = new LinkedHashMap<>();
    for (StepPart part : StepPart.values()) {
      parts.put(part.label(), 1.5 + part.ordinal());
    }
    return parts;
  }

  private static ExampleRow row(String text) {
    ShadedPrompt prompt =
        new ShadedPrompt(
            List.of(new Run(text, LAYERS), new Run("dropped early", 1)),
            1234,
            List.of(new Run("the end", 15)),
            List.of(1.0, 0.5, 0.25));
    return new ExampleRow(
        text,
        "eos",
        3234,
        57,
        0.4567,
        LAYERS,
        prompt,
        List.of(
            new NamedText("completion", text),
            new NamedText("reference", "what was expected"),
            new NamedText("full cache", "what a full cache gives")));
  }
}
