package org.pyramidspark.metrics;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.guard.GuardReading;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.quality.RougeScores;

/**
 * Sums over rows, the engines' readings, and the tasks' work. Jackson writes and reads its fields.
 * What Java writes, and each heartbeat of a task so carries to the driver, is without latencies:
 * these are half a megabyte. Not thread-safe; {@link RunAccumulator} guards it.
 */
@JsonAutoDetect(
    fieldVisibility = Visibility.ANY,
    getterVisibility = Visibility.NONE,
    isGetterVisibility = Visibility.NONE)
public final class RunTotals implements Serializable {
  private static final long serialVersionUID = 1L;

  // Not final, for they are filled in when they are read from JSON.
  private EnumMap<FinishReason, Long> finishReasons = new EnumMap<>(FinishReason.class);
  private EnumMap<RowError.Kind, Long> errors = new EnumMap<>(RowError.Kind.class);
  private TreeMap<String, EngineReading> engines = new TreeMap<>();
  private TreeMap<String, GuardReading> guards = new TreeMap<>();
  private TreeMap<Integer, Long> rowsByLevel = new TreeMap<>();
  // Only heartbeats carry it: what is written says nothing of a moment.
  @JsonIgnore private TreeMap<String, EngineLoad> loads = new TreeMap<>();

  @JsonProperty("prefill")
  private transient Latency prefill = new Latency();

  @JsonProperty("decode")
  private transient Latency decode = new Latency();

  @JsonProperty("row")
  private transient Latency row = new Latency();

  private TaskWork work = TaskWork.NONE;
  private long promptTokens;
  private long generatedTokens;
  private long truncatedRows;
  private double keptPromptTokens;
  private long[] keptByLayer = new long[0];
  private long peakKvBytes;
  private long fullKvBytes;
  private long scoredRows;
  private double rouge1;
  private double rouge2;
  private double rougeL;

  private void readObject(ObjectInputStream stream) throws IOException, ClassNotFoundException {
    stream.defaultReadObject();
    prefill = new Latency();
    decode = new Latency();
    row = new Latency();
  }

  void add(RowMeasure measure) {
    finishReasons.merge(measure.finishReason(), 1L, Long::sum);
    measure.error().ifPresent(kind -> errors.merge(kind, 1L, Long::sum));
    promptTokens += measure.promptTokens();
    generatedTokens += measure.generatedTokens();
    truncatedRows += measure.truncated() ? 1 : 0;
    keptPromptTokens += measure.keptKvFraction() * measure.promptTokens();
    addKept(Arrays.stream(measure.keptByLayer()).asLongStream().toArray());
    peakKvBytes += measure.peakKvBytes();
    fullKvBytes += measure.fullKvBytes();
    if (measure.error().isEmpty()) {
      rowsByLevel.merge(measure.guardLevel(), 1L, Long::sum);
      prefill.add(measure.prefillNanos());
      decode.add(measure.decodeNanos());
      row.add(measure.prefillNanos() + measure.decodeNanos());
    }
    measure.scores().ifPresent(this::add);
  }

  private void add(RougeScores scores) {
    scoredRows++;
    rouge1 += scores.rouge1().f1();
    rouge2 += scores.rouge2().f1();
    rougeL += scores.rougeL().f1();
  }

  private void addKept(long[] entries) {
    // Empty where no row is completed.
    keptByLayer = Arrays.copyOf(keptByLayer, Math.max(keptByLayer.length, entries.length));
    for (int layer = 0; layer < entries.length; layer++) {
      keptByLayer[layer] += entries[layer];
    }
  }

  void add(EngineReading reading) {
    engines.merge(reading.engine(), reading, EngineReading::hull);
  }

  /** Of an engine's guard, in place of an earlier one. */
  void add(String engine, GuardReading reading) {
    guards.merge(engine, reading, GuardReading::later);
  }

  /** Of an engine that a task runs on. */
  void add(String engine, EngineLoad load) {
    loads.merge(engine, load, EngineLoad::later);
  }

  /** The task runs no more. */
  void endLoads() {
    loads.clear();
  }

  /** Of one task, in place of what it was. */
  void set(TaskWork taskWork) {
    work = taskWork;
  }

  /** The same of one session of a run, whose engines may be called like those of others. */
  public RunTotals inSession(int number) {
    RunTotals renamed = new RunTotals();
    renamed.add(this);
    renamed.engines = new TreeMap<>();
    renamed.guards = new TreeMap<>();
    engines.values().forEach(reading -> renamed.add(reading.inSession(number)));
    guards.forEach(
        (engine, guard) -> renamed.add(EngineReading.nameInSession(engine, number), guard));
    return renamed;
  }

  /** Adds those of other rows. */
  public void add(RunTotals other) {
    other.finishReasons.forEach((reason, rows) -> finishReasons.merge(reason, rows, Long::sum));
    other.errors.forEach((kind, rows) -> errors.merge(kind, rows, Long::sum));
    other.engines.values().forEach(this::add);
    other.guards.forEach(this::add);
    other.rowsByLevel.forEach((level, rows) -> rowsByLevel.merge(level, rows, Long::sum));
    other.loads.forEach(this::add);
    work = work.plus(other.work);
    prefill.add(other.prefill);
    decode.add(other.decode);
    row.add(other.row);
    promptTokens += other.promptTokens;
    generatedTokens += other.generatedTokens;
    truncatedRows += other.truncatedRows;
    keptPromptTokens += other.keptPromptTokens;
    addKept(other.keptByLayer);
    peakKvBytes += other.peakKvBytes;
    fullKvBytes += other.fullKvBytes;
    scoredRows += other.scoredRows;
    rouge1 += other.rouge1;
    rouge2 += other.rouge2;
    rougeL += other.rougeL;
  }

  /** Rows finished, error rows included. */
  public long rows() {
    return finishReasons.values().stream().mapToLong(Long::longValue).sum();
  }

  public long errorRows() {
    return finishReasons.getOrDefault(FinishReason.ERROR, 0L);
  }

  /** Rows by why they ended. */
  public Map<FinishReason, Long> finishReasons() {
    return finishReasons;
  }

  /** Error rows by kind. */
  public Map<RowError.Kind, Long> errors() {
    return errors;
  }

  /** The engines' readings by engine. */
  public Map<String, EngineReading> engines() {
    return engines;
  }

  /** What the KV caches of engines with running tasks hold, by engine. */
  public Map<String, EngineLoad> loads() {
    return loads;
  }

  /** What the guards have seen, by engine. */
  public Map<String, GuardReading> guards() {
    return guards;
  }

  /** The guards' trials by level, of all engines together: how often settings were relaxed. */
  public List<GuardReading.Trials> trials() {
    int levels = guards.values().stream().mapToInt(guard -> guard.levels().size()).max().orElse(0);
    return IntStream.range(0, levels).mapToObj(this::trials).toList();
  }

  private GuardReading.Trials trials(int level) {
    return guards.values().stream()
        .filter(guard -> level < guard.levels().size())
        .map(guard -> guard.levels().get(level))
        .reduce(GuardReading.Trials.NONE, GuardReading.Trials::plus);
  }

  /** Completed rows by the guard's level when they began. */
  public Map<Integer, Long> rowsByLevel() {
    return rowsByLevel;
  }

  /** Times of the steps that computed the rows' prompts. */
  public Latency prefill() {
    return prefill;
  }

  /** Times from the rows' first to their last tokens. */
  public Latency decode() {
    return decode;
  }

  /** Times from the start of the rows' prefill to their last tokens. */
  public Latency row() {
    return row;
  }

  /** The tasks' work, with that on rows that are not finished. */
  public TaskWork work() {
    return work;
  }

  public long promptTokens() {
    return promptTokens;
  }

  public long generatedTokens() {
    return generatedTokens;
  }

  public long truncatedRows() {
    return truncatedRows;
  }

  /** Share of the prompts' KV entries kept after prefill, over all rows; 0 without rows. */
  public double keptKvFraction() {
    return promptTokens == 0 ? 0 : keptPromptTokens / promptTokens;
  }

  /** By layer: share of the prompts' KV entries kept after prefill, over all rows. */
  public double[] keptKvByLayer() {
    return Arrays.stream(keptByLayer).mapToDouble(kept -> kept / (double) promptTokens).toArray();
  }

  /** Sum of the rows' peaks. */
  public long peakKvBytes() {
    return peakKvBytes;
  }

  /** What the rows' caches would have taken in full. */
  public long fullKvBytes() {
    return fullKvBytes;
  }

  /** Rows that were compared with a reference. */
  public long scoredRows() {
    return scoredRows;
  }

  /** Means over the scored rows; 0 without any. */
  public MeanRouge meanRouge() {
    double rows = Math.max(1, scoredRows);
    return new MeanRouge(rouge1 / rows, rouge2 / rows, rougeL / rows);
  }

  /** What Spark's own pages show. */
  @Override
  public String toString() {
    return "%,d rows, %,d errors, %,d prompt tokens, %,d generated tokens"
        .formatted(rows(), errorRows(), promptTokens, generatedTokens);
  }
}
