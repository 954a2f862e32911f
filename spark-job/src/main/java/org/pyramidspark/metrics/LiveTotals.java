package org.pyramidspark.metrics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.AccumulatorV2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Follows an accumulator while tasks still run: their heartbeats carry their copies of it as they
 * are. For progress lines only; reports are made of the accumulator itself. Thread-safe: called by
 * Spark's listener thread, read by any.
 *
 * @param <T> the accumulator's value
 */
public class LiveTotals<T> extends SparkListener {
  private final AccumulatorV2<?, T> accumulator;
  private final Class<T> type;
  private final Supplier<T> none;
  private final BiConsumer<T, T> adding;
  private final Map<String, T> endedTasks = new HashMap<>();
  private final Map<Long, Heard<T>> runningTasks = new HashMap<>();
  private final Set<Long> ended = new HashSet<>();

  /** The last that an executor told of a running task. */
  private record Heard<T>(String executor, T value) {}

  /**
   * @param accumulator that tasks add to
   * @param type of its value
   * @param none makes a value without anything
   * @param adding adds the second value to the first
   */
  public LiveTotals(
      AccumulatorV2<?, T> accumulator, Class<T> type, Supplier<T> none, BiConsumer<T, T> adding) {
    this.accumulator = accumulator;
    this.type = type;
    this.none = none;
    this.adding = adding;
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task ->
                value(CollectionConverters.asJava(task._4()))
                    .ifPresent(
                        value -> hear((Long) task._1(), new Heard<>(update.execId(), value))));
  }

  private void hear(long task, Heard<T> value) {
    // A heartbeat may arrive after its task's end.
    if (!ended.contains(task)) {
      runningTasks.put(task, value);
    }
  }

  private Optional<T> value(Iterable<AccumulableInfo> infos) {
    for (AccumulableInfo info : infos) {
      if (info.id() == accumulator.id()
          && info.update().isDefined()
          && type.isInstance(info.update().get())) {
        return Optional.of(type.cast(info.update().get()));
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    long task = end.taskInfo().taskId();
    ended.add(task);
    runningTasks.remove(task);
    if (end.reason() instanceof Success$) {
      // Spark lists the update of an attempt only if it is the one that counts.
      value(CollectionConverters.asJava(end.taskInfo().accumulables()))
          .ifPresent(
              value -> adding.accept(ofExecutor(endedTasks, end.taskInfo().executorId()), value));
    }
  }

  private T ofExecutor(Map<String, T> executors, String executor) {
    return executors.computeIfAbsent(executor, unknown -> none.get());
  }

  /** Totals of the tasks that have ended well and of those that run, as last heard of. */
  public synchronized T totals() {
    T totals = none.get();
    endedTasks.values().forEach(value -> adding.accept(totals, value));
    runningTasks.values().forEach(heard -> adding.accept(totals, heard.value()));
    return totals;
  }

  /** The same by the executors' ids, those that are gone included. */
  public synchronized Map<String, T> totalsByExecutor() {
    Map<String, T> executors = new TreeMap<>();
    endedTasks.forEach((executor, value) -> adding.accept(ofExecutor(executors, executor), value));
    runningTasks
        .values()
        .forEach(heard -> adding.accept(ofExecutor(executors, heard.executor()), heard.value()));
    return executors;
  }
}
