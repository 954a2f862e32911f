package org.pyramidspark.executor;

import java.io.Serializable;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.engine.InferenceEngine;

/**
 * How every executor's engine runs; its threads are the executor's own cores.
 *
 * @param computeType element type of weights and MatMul inputs; null for the fastest of the machine
 * @param kvType element type of the KV cache; null for that of the compute type
 * @param maxSequences the most sequences that run at once, over all tasks of an executor
 * @param maxBatchTokens the most tokens of a step
 * @param kvBudget bytes of KV cache, see {@link EngineOptions#kvBudget}
 */
public record EngineSettings(
    ComputeType computeType, KvType kvType, int maxSequences, int maxBatchTokens, long kvBudget)
    implements Serializable {

  /** An engine's options on an executor with so many cores. */
  public EngineOptions options(int numCores) {
    ComputeType compute = computeType == null ? InferenceEngine.fastestType() : computeType;
    return EngineOptions.defaults()
        .withTypes(compute, kvType == null ? likeCompute(compute) : kvType)
        .withMaxSequences(maxSequences)
        .withMaxBatchTokens(maxBatchTokens)
        .withKvBudget(kvBudget)
        .withThreads(numCores);
  }

  private static KvType likeCompute(ComputeType type) {
    return switch (type) {
      case FLOAT32 -> KvType.FLOAT32;
      case BFLOAT16 -> KvType.BFLOAT16;
    };
  }
}
