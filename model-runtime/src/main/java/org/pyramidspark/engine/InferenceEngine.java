package org.pyramidspark.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.graph.DecoderGraph;
import org.pyramidspark.op.DecoderOps;
import org.pyramidspark.tokens.Tokenizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model, ready to complete prompts in batches. All computing is done by one thread of the
 * engine's own, in one loop: schedule, run, collect. {@link #generate} and {@link #metrics} may be
 * called by any thread; requests of all callers share the batches.
 */
public final class InferenceEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InferenceEngine.class);
  private static final long IDLE_POLL_MILLIS = 100;

  /** Callers that have more rows submit the next one sooner than this. */
  private static final long GATHER_MILLIS = 100;

  private static final String CLOSED = "The engine was closed before this row was finished.";

  private final ModelConfig model;
  private final Tokenizer tokenizer;
  private final EngineOptions options;
  private final DecoderGraph graph;
  private final KvCache kvCache;
  private final KvBudget budget;
  private final BatchScheduler scheduler;
  private final TrialQueue trials;
  private final StepClock clock = new StepClock();
  private final BatchRunner batches;
  private final BlockingQueue<Submission> submissions = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  private InferenceEngine(
      ModelConfig model, Tokenizer tokenizer, EngineOptions options, DecoderGraph graph) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.options = options;
    this.graph = graph;
    this.kvCache = new KvCache(model, options.kvType(), options.computeType());
    this.budget = new KvBudget(kvCache, options.kvBudget());
    this.scheduler = new BatchScheduler(options, budget);
    this.trials = new TrialQueue(model, kvCache, budget);
    this.batches =
        new BatchRunner(
            graph, scheduler, budget, clock, this::intakeOfTrial, () -> !trials.lacksRoom());
    this.thread = Thread.ofPlatform().daemon().name("inference-engine").unstarted(this::loop);
  }

  /**
   * Loads the model's weights and starts the engine's thread. The checkpoint may be closed
   * afterwards; the tokenizer must stay open as long as the engine.
   */
  public static InferenceEngine open(
      Checkpoint checkpoint, Tokenizer tokenizer, EngineOptions options) {
    InferenceEngine engine =
        new InferenceEngine(
            checkpoint.config(), tokenizer, options, DecoderGraph.open(checkpoint, options));
    engine.thread.start();
    return engine;
  }

  /** The compute type in which this machine is fastest. */
  public static ComputeType fastestType() {
    return DecoderOps.gainsByBfloat16() ? ComputeType.BFLOAT16 : ComputeType.FLOAT32;
  }

  /**
   * Completes requests as they come; results come in the order in which they finish. The caller's
   * thread pulls from {@code requests}, a bounded number ahead, whenever it asks for a result. A
   * request that cannot be completed gives a result with {@link FinishReason#ERROR}: no row is lost
   * and none makes this throw.
   */
  public ResultStream generate(Iterator<GenerationRequest> requests) {
    return new SubmittingStream(requests, this::submit, 2 * options.maxSequences());
  }

  /**
   * Tries policies on one prompt beside the full cache and waits for the result. Rows go on
   * meanwhile; where memory is short, others are not begun before.
   *
   * @throws InvalidInputException if the prompt cannot be computed, or needs more than the KV
   *     budget
   */
  public TrialResult trial(TrialRequest request) {
    return TrialQueue.await(startTrial(request));
  }

  /**
   * As {@link #trial}, without waiting. The engine's thread completes the result: what is to follow
   * must not block.
   */
  public CompletableFuture<TrialResult> startTrial(TrialRequest request) {
    CompletableFuture<TrialResult> result = trials.add(request);
    if (closed) {
      trials.fail(CLOSED);
    }
    return result;
  }

  private void submit(Submission submission) {
    Optional<String> error =
        closed ? Optional.of(CLOSED) : Failures.check(submission.request(), model);
    if (error.isPresent()) {
      submission.fail(error.get());
    } else {
      submissions.add(submission);
      if (closed) {
        failSubmissions();
      }
    }
  }

  private void loop() {
    try {
      while (!closed) {
        takeRows(scheduler.isIdle() && trials.isEmpty() ? IDLE_POLL_MILLIS : 0);
        trials.runNext(batches);
        batches.step();
      }
    } catch (Throwable error) {
      LOG.error("The engine's loop ended", error);
      throw error;
    } finally {
      closed = true;
      scheduler.removeAll().forEach(sequence -> sequence.fail(CLOSED));
      failSubmissions();
      trials.fail(CLOSED);
    }
  }

  private void intakeOfTrial() {
    takeRows(0);
    if (closed) {
      throw new IllegalStateException(CLOSED);
    }
  }

  private void takeRows(long idlePatienceMillis) {
    scheduler.removeIf(Sequence::isAbandoned).forEach(Sequence::abandon);
    long now = System.nanoTime();
    scheduler.removeIf(row -> row.isOverdue(now)).forEach(Sequence::failOverdue);
    takeSubmissions(idlePatienceMillis);
  }

  private void takeSubmissions(long idlePatienceMillis) {
    try {
      Submission submission = nextSubmission(idlePatienceMillis);
      while (submission != null) {
        enqueue(submission);
        long patience = scheduler.choosesFirstRow() ? GATHER_MILLIS : 0;
        submission = scheduler.room() > 0 ? nextSubmission(patience) : null;
      }
    } catch (InterruptedException interrupted) {
      closed = true;
    }
  }

  private Submission nextSubmission(long patienceMillis) throws InterruptedException {
    return submissions.poll(patienceMillis, TimeUnit.MILLISECONDS);
  }

  private void enqueue(Submission submission) {
    try {
      Sequence sequence = new Sequence(submission, model, tokenizer, kvCache);
      if (sequence.mostBytes() > budget.bytes()) {
        submission.fail(
            "The row's KV cache takes up to %d bytes and the KV budget is %d; raise it, choose a policy that keeps less, or shorten the row."
                .formatted(sequence.mostBytes(), budget.bytes()));
      } else {
        trials.of(submission).ifPresent(sequence::followedBy);
        scheduler.add(sequence);
      }
    } catch (RuntimeException error) {
      submission.fail("The row cannot be started: " + error);
    }
  }

  private void failSubmissions() {
    List<Submission> left = new ArrayList<>();
    submissions.drainTo(left);
    left.forEach(submission -> submission.fail(CLOSED));
  }

  /** What was done so far, by all callers together. */
  public EngineMetrics metrics() {
    return clock.metrics(kvCache, scheduler, graph.times());
  }

  /** Counts the metrics' peaks from now on; to be called while nothing runs. */
  public void resetPeaks() {
    kvCache.resetPeak();
    scheduler.resetMostRunning();
  }

  /** Whether a row's tokens are the same, bit for bit, in any batch and at any time. */
  public boolean isDeterministic() {
    return graph.isDeterministic();
  }

  /** The limit of the KV cache, in bytes. */
  public long kvBudget() {
    return budget.bytes();
  }

  /** Name of the kernels in use, for reports: {@code vector-512} or {@code scalar}. */
  public String kernels() {
    return graph.kernels();
  }

  /** Ends the loop after its current step; rows that are not finished become error results. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    graph.close();
    kvCache.close();
  }
}
