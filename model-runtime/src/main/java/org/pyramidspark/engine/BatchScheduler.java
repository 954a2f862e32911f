package org.pyramidspark.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.pyramidspark.config.EngineOptions;

/**
 * Decides which sequences the next step computes. Waiting prompts go first, packed up to the token
 * limit of a step, while there is room for more sequences; else all running sequences decode one
 * token each. Owned by the engine's thread.
 */
final class BatchScheduler {
  private final EngineOptions options;
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();

  BatchScheduler(EngineOptions options) {
    this.options = options;
  }

  void add(Sequence sequence) {
    waiting.add(sequence);
  }

  boolean isIdle() {
    return waiting.isEmpty() && running.isEmpty();
  }

  /** How many more sequences may wait without delaying anybody. */
  int room() {
    return 2 * options.maxSequences() - waiting.size() - running.size();
  }

  int numRunning() {
    return running.size();
  }

  /** The sequences of the next step: all in prefill or all in decode. */
  List<Sequence> next() {
    List<Sequence> prompts = admit();
    return prompts.isEmpty() ? List.copyOf(running) : prompts;
  }

  private List<Sequence> admit() {
    List<Sequence> prompts = new ArrayList<>();
    int tokens = 0;
    while (!waiting.isEmpty() && running.size() < options.maxSequences()) {
      tokens += waiting.peek().nextTokens().length;
      if (!prompts.isEmpty() && tokens > options.maxPrefillTokens()) {
        break;
      }
      Sequence sequence = waiting.remove();
      prompts.add(sequence);
      running.add(sequence);
    }
    return prompts;
  }

  /** Takes sequences out that are done. */
  void remove(List<Sequence> sequences) {
    running.removeAll(sequences);
  }

  /** Takes out all sequences whose result nobody waits for. */
  List<Sequence> removeAbandoned() {
    List<Sequence> abandoned = new ArrayList<>();
    waiting.stream().filter(Sequence::isAbandoned).forEach(abandoned::add);
    running.stream().filter(Sequence::isAbandoned).forEach(abandoned::add);
    waiting.removeAll(abandoned);
    running.removeAll(abandoned);
    return abandoned;
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
