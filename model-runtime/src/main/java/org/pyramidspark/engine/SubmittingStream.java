package org.pyramidspark.engine;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Feeds requests to the engine as results are asked for, a bounded number ahead. */
final class SubmittingStream implements ResultStream {
  private final Iterator<GenerationRequest> requests;
  private final Consumer<Submission> engine;
  private final int maxInFlight;
  private final TokenCounter counter = new TokenCounter();
  private final BlockingQueue<GenerationResult> results = new LinkedBlockingQueue<>();
  private int inFlight;
  private volatile boolean closed;

  SubmittingStream(
      Iterator<GenerationRequest> requests, Consumer<Submission> engine, int maxInFlight) {
    this.requests = requests;
    this.engine = engine;
    this.maxInFlight = maxInFlight;
  }

  @Override
  public boolean hasNext() {
    submitAhead();
    return inFlight > 0;
  }

  private void submitAhead() {
    while (!closed && inFlight < maxInFlight && requests.hasNext()) {
      Submission submission =
          new Submission(requests.next(), counter, results::add, () -> closed, System.nanoTime());
      inFlight++;
      engine.accept(submission);
    }
  }

  @Override
  public GenerationResult next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    try {
      GenerationResult result = results.take();
      inFlight--;
      return result;
    } catch (InterruptedException interrupted) {
      close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the engine.", interrupted);
    }
  }

  @Override
  public ComputedTokens computed() {
    return counter.computed();
  }

  @Override
  public void close() {
    closed = true;
    inFlight = 0;
  }
}
