package org.pyramidspark.engine;

import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pyramidspark.graph.DecoderGraph;
import org.pyramidspark.graph.Logits;
import org.pyramidspark.op.StepPart;
import org.pyramidspark.op.StepShare;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes the scheduler's batches, alone or with a trial beside them: a step reads all weights
 * whoever takes part, so company costs a trial and the rows little. Used by the engine's thread.
 */
final class BatchRunner implements TrialSteps {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);
  private static final Company NOBODY = new Company(List.of(), new int[0]);

  private final DecoderGraph graph;
  private final BatchScheduler scheduler;
  private final KvBudget budget;
  private final StepClock clock;
  private final Runnable intake;
  private final BooleanSupplier admits;

  /** Who takes part in a step beside the rows, and their tokens. */
  private record Company(List<StepShare> shares, int[] tokens) {}

  /**
   * @param intake takes new rows in between two steps of a trial
   * @param admits whether waiting rows may begin
   */
  BatchRunner(
      DecoderGraph graph,
      BatchScheduler scheduler,
      KvBudget budget,
      StepClock clock,
      Runnable intake,
      BooleanSupplier admits) {
    this.graph = graph;
    this.scheduler = scheduler;
    this.budget = budget;
    this.clock = clock;
    this.intake = intake;
    this.admits = admits;
  }

  /** Computes what the rows are to do next, if there are any. */
  void step() {
    List<Sequence> decoding = begin();
    if (!decoding.isEmpty()) {
      run(decoding, 0);
    }
  }

  /**
   * Computes the prompts of the next step. They may share pages of the decoding rows, so their turn
   * is first.
   *
   * @return the rows that are to decode a token
   */
  private List<Sequence> begin() {
    if (scheduler.isIdle()) {
      return List.of();
    }
    BatchScheduler.Step step = scheduler.next(admits.getAsBoolean());
    if (!step.prompts().isEmpty()) {
      run(step.prompts(), step.decodeBytes());
    }
    // Those that were set back meanwhile wait.
    return step.decoding().stream().filter(row -> !row.inPrefill()).toList();
  }

  /**
   * If it fails, all rows of the batch do; where memory ran out they begin anew, fewer at once.
   *
   * @param bytesToCome bytes of KV cache that other rows are still to take in this step
   */
  private void run(List<Sequence> batch, long bytesToCome) {
    try {
      compute(batch, NOBODY, bytesToCome).close();
    } catch (OutOfMemoryError shortage) {
      retry(batch, shortage);
    } catch (RuntimeException error) {
      fail(batch, error);
    }
  }

  @Override
  public Logits prefill(StepShare share, int[] tokens) {
    long start = System.nanoTime();
    graph.times().mark(StepPart.SAMPLING);
    Logits logits = graph.run(List.of(share), tokens);
    clock.addTrial(System.nanoTime() - start);
    return logits;
  }

  @Override
  public Logits decode(List<StepShare> shares, int[] tokens, long bytesToCome) {
    graph.times().mark(StepPart.SAMPLING);
    intake.run();
    budget.reserve(bytesToCome);
    List<Sequence> rows = begin();
    try {
      return compute(rows, new Company(shares, tokens), 0);
    } catch (OutOfMemoryError shortage) {
      retry(rows, shortage);
      throw shortage;
    } catch (RuntimeException error) {
      fail(rows, error);
      throw error;
    }
  }

  /**
   * Computes one step, all prompts or all generated tokens, lets every row choose its next token,
   * and hands over what is finished. Both kinds have their own way through the graph, so that a
   * row's numbers do not depend on who else is there.
   */
  private Logits compute(List<Sequence> batch, Company company, long bytesToCome) {
    boolean prefill = !batch.isEmpty() && batch.getFirst().inPrefill();
    long start = System.nanoTime();
    batch.forEach(sequence -> sequence.begin(start));
    Logits logits = graph.run(shares(batch, company), tokens(batch, company));
    try {
      if (prefill) {
        startTrials(batch, logits, bytesToCome);
      }
      advance(batch, logits, company.shares().size());
    } catch (RuntimeException | OutOfMemoryError error) {
      logits.close();
      throw error;
    }
    count(batch, company, prefill, System.nanoTime() - start);
    collect(batch);
    return logits;
  }

  private static List<StepShare> shares(List<Sequence> batch, Company company) {
    return Stream.concat(company.shares().stream(), batch.stream().map(Sequence::nextShare))
        .toList();
  }

  private static int[] tokens(List<Sequence> batch, Company company) {
    return IntStream.concat(
            Arrays.stream(company.tokens()),
            batch.stream().map(Sequence::nextTokens).flatMapToInt(Arrays::stream))
        .toArray();
  }

  private static void startTrials(List<Sequence> batch, Logits logits, long bytesToCome) {
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).startTrial(logits.row(i), bytesToCome);
    }
  }

  private void advance(List<Sequence> batch, Logits logits, int firstRow) {
    long now = System.nanoTime();
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).advance(logits, firstRow + i, now);
    }
    graph.times().mark(StepPart.SAMPLING);
  }

  private void count(List<Sequence> batch, Company company, boolean prefill, long nanos) {
    int others = company.shares().size();
    long trial = others == 0 ? 0 : nanos * others / (others + batch.size());
    clock.addTrial(trial);
    if (prefill) {
      clock.addPrefill(batch, nanos);
    } else if (!batch.isEmpty()) {
      clock.addDecode(batch.size(), nanos - trial);
    }
  }

  private void collect(List<Sequence> batch) {
    List<Sequence> finished = batch.stream().filter(Sequence::isFinished).toList();
    scheduler.remove(finished);
    finished.forEach(Sequence::finish);
  }

  private void retry(List<Sequence> batch, OutOfMemoryError shortage) {
    collect(batch);
    List<Sequence> unfinished = batch.stream().filter(row -> !row.isFinished()).toList();
    if (scheduler.halve(unfinished)) {
      LOG.warn("Memory ran out; fewer rows run at once from now on", shortage);
    } else {
      scheduler.remove(unfinished);
      unfinished.forEach(
          row -> row.fail("Memory ran out while this row ran alone: %s".formatted(shortage)));
    }
  }

  private void fail(List<Sequence> batch, Throwable error) {
    LOG.error("A step of {} sequences failed", batch.size(), error);
    scheduler.remove(batch);
    batch.forEach(sequence -> sequence.fail("The engine failed on this row's batch: " + error));
  }
}
