package org.pyramidspark.executor;

import java.io.Serializable;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;

/**
 * How every executor's engine runs; its threads are the executor's own cores.
 *
 * @param computeType element type of weights and MatMul inputs
 * @param kvType element type of the KV cache
 * @param maxSequences the most sequences that run at once, over all tasks of an executor
 */
public record EngineSettings(ComputeType computeType, KvType kvType, int maxSequences)
    implements Serializable {

  /** An engine's options on an executor with so many cores. */
  public EngineOptions options(int numCores) {
    return EngineOptions.defaults()
        .withTypes(computeType, kvType)
        .withMaxSequences(maxSequences)
        .withThreads(numCores);
  }
}
