package org.pyramidspark.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pyramidspark.config.EngineOptions;

/**
 * Decides what the next step computes: all running sequences decode one token each, and waiting
 * prompts join them, whole, up to the step's tokens, the number of sequences and the KV budget.
 * Since a policy's lengths are known in advance, a prompt is admitted by the bytes that it will
 * keep, less what it shares with one that runs already or is admitted before it. When the running
 * ones outgrow the budget, the youngest is set back: it gives its memory up and starts anew, with
 * the tokens that it has, before any other prompt. Owned by the engine's thread.
 *
 * <p>An engine's first row is the shortest of those waiting, and runs alone: people see soon that
 * it works, where a step full of prompts would show them nothing until all of them are computed. It
 * costs the decoding of one row without company, once.
 */
final class BatchScheduler {
  /** More tokens would keep the others waiting longer than it is worth to see a first row. */
  private static final int MOST_TOKENS_ALONE = 256;

  private final EngineOptions options;
  private final KvBudget budget;
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();
  private boolean awaitsFirstRow = true;
  private int mostAtOnce;
  private int finishedAtOnce;
  private volatile int numRunning;
  private volatile int mostRunning;
  private volatile long setBacks;

  BatchScheduler(EngineOptions options, KvBudget budget) {
    this.options = options;
    this.mostAtOnce = options.maxSequences();
    this.budget = budget;
  }

  void add(Sequence sequence) {
    waiting.add(sequence);
  }

  boolean isIdle() {
    return waiting.isEmpty() && running.isEmpty();
  }

  /** Whether the first row is yet to be chosen: the more wait for it, the shorter it is. */
  boolean choosesFirstRow() {
    return awaitsFirstRow && running.isEmpty();
  }

  /** How many more sequences may wait without delaying anybody. */
  int room() {
    return 2 * options.maxSequences() - waiting.size() - running.size();
  }

  /** Sequences that hold memory; as {@link #mostRunning} and {@link #setBacks}, for any thread. */
  int numRunning() {
    return numRunning;
  }

  /** The most sequences that ran at once. */
  int mostRunning() {
    return mostRunning;
  }

  /** Counts {@link #mostRunning} from now on. */
  void resetMostRunning() {
    mostRunning = numRunning;
  }

  /** How often a sequence was set back. */
  long setBacks() {
    return setBacks;
  }

  /**
   * What one step computes.
   *
   * @param decoding sequences that decode one token
   * @param prompts sequences whose prompt is computed; they may share pages of the decoding ones,
   *     so their turn is first
   */
  record Step(List<Sequence> decoding, List<Sequence> prompts) {

    /** Bytes of cache pages that the decoding ones take. */
    long decodeBytes() {
      return bytesOfNextStep(decoding);
    }
  }

  private static long bytesOfNextStep(List<Sequence> sequences) {
    return sequences.stream().mapToLong(Sequence::bytesOfNextStep).sum();
  }

  /**
   * The next step.
   *
   * @param admits whether waiting prompts may join
   */
  Step next(boolean admits) {
    long growth = setBackUntilDecodeFits();
    List<Sequence> decoding = List.copyOf(running);
    List<Sequence> prompts = admits ? admitted(growth) : List.of();
    running.addAll(prompts);
    numRunning = running.size();
    mostRunning = Math.max(mostRunning, numRunning);
    return new Step(decoding, prompts);
  }

  /**
   * @return bytes that the running sequences take in this step
   */
  private long setBackUntilDecodeFits() {
    long growth = bytesOfNextStep(running);
    int least = budget.isShared() ? 0 : 1;
    while (!makesRoom(growth) && running.size() > least) {
      growth -= running.getLast().bytesOfNextStep();
      setBack(running.getLast());
    }
    return growth;
  }

  private void setBack(Sequence sequence) {
    running.remove(sequence);
    sequence.setBack();
    waiting.addFirst(sequence);
    setBacks = setBacks + 1;
  }

  /**
   * Memory ran out in a step, whatever the KV budget says: sets its rows back, and from now on lets
   * half as many run at once as ran now. That number grows again as rows finish, one by one.
   *
   * @param batch rows of the step
   * @return false if nothing else ran, so that nothing is gained by this
   */
  boolean halve(List<Sequence> batch) {
    if (running.size() <= 1) {
      return false;
    }
    mostAtOnce = running.size() / 2;
    finishedAtOnce = 0;
    batch.reversed().forEach(this::setBack);
    while (running.size() > mostAtOnce) {
      setBack(running.getLast());
    }
    numRunning = running.size();
    return true;
  }

  private boolean makesRoom(long bytes) {
    return budget.makesRoom(() -> bytes);
  }

  private boolean awaitsFirstRow() {
    awaitsFirstRow &= running.stream().allMatch(row -> row.generatedTokens() < MOST_TOKENS_ALONE);
    return awaitsFirstRow;
  }

  private List<Sequence> admitted(long growth) {
    return awaitsFirstRow() ? admitFirst() : admit(growth);
  }

  private List<Sequence> admitFirst() {
    if (!running.isEmpty() || waiting.isEmpty()) {
      return List.of();
    }
    Sequence shortest =
        Collections.min(waiting, Comparator.comparingInt(row -> row.nextTokens().length));
    if (!fits(shortest, shortest.bytesOfNextStep(), 0)) {
      return List.of();
    }
    waiting.remove(shortest);
    return List.of(shortest);
  }

  private List<Sequence> admit(long growth) {
    List<Sequence> prompts = new ArrayList<>();
    long bytes = growth;
    int tokens = running.size();
    while (!waiting.isEmpty() && running.size() + prompts.size() < mostAtOnce) {
      Sequence sequence = waiting.peek();
      sequence.sharePrefix(Stream.concat(running.stream(), prompts.stream()));
      tokens += sequence.numNextTokens();
      bytes += sequence.bytesOfNextStep();
      int others = running.size() + prompts.size();
      if (!fits(sequence, bytes, others)
          || !prompts.isEmpty() && tokens > options.maxBatchTokens()) {
        break;
      }
      prompts.add(waiting.remove());
    }
    return prompts;
  }

  private boolean fits(Sequence candidate, long bytes, int others) {
    boolean alone = others == 0 && !budget.isShared();
    return budget.allows(bytes + reserve(candidate, others)) || alone && makesRoom(bytes);
  }

  /** A page more for everybody: who is admitted should not be set back at once. */
  private static long reserve(Sequence candidate, int others) {
    return (others + 1) * candidate.bytesOfPages();
  }

  /** Takes sequences out that are finished or have failed. */
  void remove(List<Sequence> sequences) {
    running.removeAll(sequences);
    finishedAtOnce += sequences.size();
    if (finishedAtOnce >= mostAtOnce && mostAtOnce < options.maxSequences()) {
      mostAtOnce++;
      finishedAtOnce = 0;
    }
    awaitsFirstRow &= sequences.isEmpty();
    numRunning = running.size();
  }

  /** Takes out all sequences, running or waiting, of a kind. */
  List<Sequence> removeIf(Predicate<Sequence> kind) {
    List<Sequence> removed = new ArrayList<>();
    waiting.stream().filter(kind).forEach(removed::add);
    running.stream().filter(kind).forEach(removed::add);
    if (removed.isEmpty()) {
      return removed;
    }
    waiting.removeAll(removed);
    running.removeAll(removed);
    numRunning = running.size();
    return removed;
  }

  /** Takes out everything. */
  List<Sequence> removeAll() {
    List<Sequence> all = new ArrayList<>(waiting);
    all.addAll(running);
    waiting.clear();
    running.clear();
    return all;
  }
}
