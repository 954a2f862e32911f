package org.pyramidspark.quality;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.pyramidspark.errors.InvalidInputException;

/** How a completion is compared with its reference. Every score lies between 0 and 1. */
public enum Metric {
  /** F-measure of common words. */
  ROUGE_1("rouge1"),
  /** F-measure of common pairs of neighbouring words. */
  ROUGE_2("rouge2"),
  /** F-measure of the longest common subsequence. */
  ROUGE_L("rougeL"),
  /** F-measure of the union of the lines' longest common subsequences. */
  ROUGE_L_SUM("rougeLsum"),
  /** F1 over the words of short answers. */
  F1("f1"),
  /** Whether short answers are the same. */
  EXACT("exact"),
  /** Whether the right letters are chosen. */
  CHOICE("choice");

  /** All forms of ROUGE; in lists of metrics they may be asked for together, as {@code rouge}. */
  public static final Set<Metric> ROUGE =
      Set.copyOf(EnumSet.of(ROUGE_1, ROUGE_2, ROUGE_L, ROUGE_L_SUM));

  private static final String ROUGE_LABEL = "rouge";

  private final String label;

  Metric(String label) {
    this.label = label;
  }

  /** The name in options, rows and reports. */
  public String label() {
    return label;
  }

  /**
   * Metrics of a list such as {@code rouge,f1}, without regard to white space or order.
   *
   * @throws InvalidInputException if a name is not known, or there is none
   */
  public static Set<Metric> parse(String list) {
    EnumSet<Metric> metrics = EnumSet.noneOf(Metric.class);
    for (String name : list.split(",", -1)) {
      if (name.strip().equals(ROUGE_LABEL)) {
        metrics.addAll(ROUGE);
      } else {
        metrics.add(of(name.strip()));
      }
    }
    return metrics;
  }

  private static Metric of(String name) {
    return Arrays.stream(values())
        .filter(metric -> metric.label.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "There is no metric '%s'; give one or more of %s, %s, with commas between"
                        + " them.",
                    name, ROUGE_LABEL, labels()));
  }

  private static String labels() {
    return Arrays.stream(values()).map(Metric::label).collect(Collectors.joining(", "));
  }
}
