package org.pyramidspark.comparison;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pyramidspark.metrics.DrawnRows;
import org.pyramidspark.metrics.EngineSetup;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.prompts.RowError;

/** Sums over rows, policy by policy, and how far the work is. Not thread-safe. */
public final class ComparisonTotals implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Error rows that the report lists; the output has them all. */
  private static final int LISTED_ERRORS = 20;

  private final Map<String, PolicySums> policies = new HashMap<>();
  private final EnumMap<RowError.Kind, Long> errors = new EnumMap<>(RowError.Kind.class);
  private final TreeSet<FailedRow> failed = new TreeSet<>();
  private final DrawnRows<ComparedExample> examples;
  private final TreeMap<String, EngineSetup> engines = new TreeMap<>();
  private long comparedRows;
  private long truncatedRows;
  private long passes;
  private long promptTokens;
  private long newTokens;

  /**
   * @param shown which compared rows the report shows
   */
  public ComparisonTotals(RowSample shown) {
    this.examples = new DrawnRows<>(shown);
  }

  /** Adds a row, with a line for each policy. */
  public void add(List<ComparedRow> lines) {
    comparedRows++;
    truncatedRows += lines.getFirst().truncated() ? 1 : 0;
    lines.forEach(line -> of(line.policy()).add(line));
  }

  /** Adds a row that cannot be compared. */
  public void add(String id, RowError error) {
    errors.merge(error.kind(), 1L, Long::sum);
    list(new FailedRow(id, error));
  }

  private void list(FailedRow row) {
    failed.add(row);
    if (failed.size() > LISTED_ERRORS) {
      failed.pollLast();
    }
  }

  /** Adds the time that one policy took to complete rows. */
  public void add(String policy, PassTime time) {
    of(policy).add(time);
  }

  /**
   * Adds a task's rows for the report, once it has no more: texts would be a burden to the
   * heartbeats, which carry what a task has added so far.
   */
  public void add(DrawnRows<ComparedExample> rows) {
    examples.add(rows);
  }

  /** Adds an engine that works. */
  public void add(String engine, EngineSetup setup) {
    engines.put(engine, setup);
  }

  /**
   * Adds work, for the progress line.
   *
   * @param rowPasses rows that a policy is through with, completed or tried
   * @param prompts prompt tokens computed
   * @param tokens other tokens computed
   */
  public void addWork(long rowPasses, long prompts, long tokens) {
    passes += rowPasses;
    promptTokens += prompts;
    newTokens += tokens;
  }

  private PolicySums of(String policy) {
    return policies.computeIfAbsent(policy, name -> new PolicySums());
  }

  /** Adds another task's. */
  public void add(ComparisonTotals other) {
    other.policies.forEach((policy, sums) -> of(policy).add(sums));
    other.errors.forEach((kind, rows) -> errors.merge(kind, rows, Long::sum));
    other.failed.forEach(this::list);
    examples.add(other.examples);
    engines.putAll(other.engines);
    comparedRows += other.comparedRows;
    truncatedRows += other.truncatedRows;
    addWork(other.passes, other.promptTokens, other.newTokens);
  }

  boolean isNone() {
    return comparedRows == 0 && errors.isEmpty() && engines.isEmpty() && passes == 0;
  }

  /** One policy's sums; without rows if none was compared. */
  PolicySums policy(String name) {
    return policies.getOrDefault(name, new PolicySums());
  }

  /** Error rows by kind. */
  Map<RowError.Kind, Long> errors() {
    return errors;
  }

  /** Some error rows, by id. */
  List<FailedRow> failed() {
    return List.copyOf(failed);
  }

  /** The rows that the report shows. */
  public List<ComparedExample> examples() {
    return examples.rows();
  }

  /** The engines by name. */
  Map<String, EngineSetup> engines() {
    return engines;
  }

  public long comparedRows() {
    return comparedRows;
  }

  public long errorRows() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  long truncatedRows() {
    return truncatedRows;
  }

  /** Rows that a policy is through with, completed and tried counted apart. */
  public long passes() {
    return passes;
  }

  public long promptTokens() {
    return promptTokens;
  }

  public long newTokens() {
    return newTokens;
  }

  /** What Spark's own pages show. */
  @Override
  public String toString() {
    return "%,d rows, %,d errors".formatted(comparedRows, errorRows());
  }
}
