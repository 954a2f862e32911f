package org.pyramidspark.engine;

import java.util.Iterator;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.tokens.Tokenizer;

/** Placeholder of the engine's public door; the loop follows. */
public final class InferenceEngine implements AutoCloseable {

  /** Loads the model's weights and starts the engine's thread. */
  public static InferenceEngine open(
      Checkpoint checkpoint, Tokenizer tokenizer, EngineOptions options) {
    throw new UnsupportedOperationException();
  }

  /**
   * Completes requests as they come; results come in the order in which they finish. The caller's
   * thread pulls from {@code requests}, a bounded number ahead, whenever it asks for a result; several
   * threads may call this at once and share the engine's batches. A request that cannot be completed
   * gives a result with {@link FinishReason#ERROR}; this never loses a row and never throws for one.
   */
  public Iterator<GenerationResult> generate(Iterator<GenerationRequest> requests) {
    throw new UnsupportedOperationException();
  }

  /** What was done so far, by all callers together. */
  public EngineMetrics metrics() {
    throw new UnsupportedOperationException();
  }

  /** Name of the kernels in use, for reports: {@code vector-512} or {@code scalar}. */
  public String kernels() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
