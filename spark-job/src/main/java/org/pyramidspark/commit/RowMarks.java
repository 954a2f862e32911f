package org.pyramidspark.commit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds rows that kill their JVM. An attempt after one that may have died writes down which rows it
 * has begun. Should its JVM die too, the next one runs those rows alone, one by one; and a row that
 * was alone when a JVM died is not run again. First attempts, and so all of an undisturbed run,
 * mark nothing. Rows are numbers in the order in which the split is read. Used by the task's
 * thread.
 */
public final class RowMarks implements AutoCloseable {
  /** Spark's driver says a little later than it retries a task which executor it has lost. */
  private static final Duration MOST_PATIENCE = Duration.ofSeconds(3);

  private static final Duration POLL = Duration.ofMillis(100);

  private final Optional<RunFolder> folder;
  private final int split;
  private final LiveExecutors executors;
  private final Set<Long> begun = new HashSet<>();
  private final Set<Long> suspects = new HashSet<>();
  private final Set<Long> quarantined = new HashSet<>();
  private Optional<String> attempt = Optional.empty();
  private long written;

  private RowMarks(Optional<RunFolder> folder, int split, LiveExecutors executors) {
    this.folder = folder;
    this.split = split;
    this.executors = executors;
  }

  /** Of a first attempt: marks nothing. */
  public static RowMarks none() {
    return new RowMarks(Optional.empty(), 0, LiveExecutors.NONE);
  }

  /** Of an attempt after others: learns from those whose JVM has died, and marks. */
  static RowMarks after(RunFolder folder, int split) throws IOException, InterruptedException {
    RowMarks marks = new RowMarks(Optional.of(folder), split, LiveExecutors.now());
    Map<String, SplitMark> dead = marks.awaitDead();
    dead.values().forEach(marks::learn);
    marks.suspects.removeAll(marks.quarantined);
    if (!dead.isEmpty()) {
      marks.write();
      for (String old : dead.keySet()) {
        folder.marks().delete(old);
      }
    }
    return marks;
  }

  private Map<String, SplitMark> awaitDead() throws IOException, InterruptedException {
    SplitMarks marks = folder.orElseThrow().marks();
    Map<String, SplitMark> found = marks.of(split);
    LiveExecutors live = executors;
    long start = System.nanoTime();
    while (found.values().stream().anyMatch(live::run)
        && System.nanoTime() - start < MOST_PATIENCE.toNanos()) {
      Thread.sleep(POLL);
      live = LiveExecutors.now();
      found = marks.of(split);
    }
    Map<String, SplitMark> dead = new HashMap<>(found);
    dead.values().removeIf(live::run);
    return dead;
  }

  private void learn(SplitMark mark) {
    quarantined.addAll(mark.quarantined());
    suspects.addAll(mark.suspects());
    (mark.convicts() ? quarantined : suspects).addAll(mark.begun());
  }

  /** Whether rows are to run alone: nothing else may use the JVM's engine then. */
  public boolean hasSuspects() {
    return !suspects.isEmpty();
  }

  /** Whether a row is to run alone. */
  public boolean isSuspected(long row) {
    return suspects.contains(row);
  }

  /** Whether a row is not to be run any more. */
  public boolean isQuarantined(long row) {
    return quarantined.contains(row);
  }

  /** Whether a row may begin now; if not, then once others have ended. */
  public boolean admits(long row) {
    return begun.isEmpty()
        || !suspects.contains(row) && begun.stream().noneMatch(suspects::contains);
  }

  /** To be called before anything is done with a row; one that is not run is not marked. */
  public void begin(long row) {
    if (folder.isPresent() && !isQuarantined(row)) {
      begun.add(row);
      tryToWrite();
    }
  }

  /** The row is completed, or has failed in a way that does no harm to others. */
  public void end(long row) {
    begun.remove(row);
    suspects.remove(row);
  }

  /** The attempt has ended and the JVM lives. */
  @Override
  public void close() {
    begun.clear();
    if (attempt.isPresent()) {
      tryToWrite();
    }
  }

  private void tryToWrite() {
    try {
      write();
    } catch (IOException failure) {
      throw new UncheckedIOException(folder.orElseThrow().unwritable(failure));
    }
  }

  private void write() throws IOException {
    SplitMarks marks = folder.orElseThrow().marks();
    if (attempt.isEmpty()) {
      attempt = Optional.of(marks.newAttempt(split));
    }
    SplitMark mark = executors.mark(split, written++, begun, suspects, quarantined);
    if (begun.isEmpty() && mark.isEmpty()) {
      marks.delete(attempt.get());
    } else {
      marks.write(attempt.get(), mark);
    }
  }
}
