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
 * @param devices what it multiplies on
 */
public record EngineSettings(
    ComputeType computeType,
    KvType kvType,
    int maxSequences,
    int maxBatchTokens,
    long kvBudget,
    DeviceSettings devices)
    implements Serializable {

  /** On whatever device Spark assigns. */
  public EngineSettings(
      ComputeType computeType, KvType kvType, int maxSequences, int maxBatchTokens, long kvBudget) {
    this(computeType, kvType, maxSequences, maxBatchTokens, kvBudget, DeviceSettings.AUTO);
  }

  /**
   * An engine's options on an executor with so many cores, within a task with the GPU that it has.
   *
   * @throws org.pyramidspark.errors.InvalidInputException if a GPU is wanted and cannot be used
   */
  public EngineOptions options(int numCores) {
    ComputeType compute = computeType == null ? InferenceEngine.fastestType() : computeType;
    return EngineOptions.defaults()
        .withTypes(compute, kvType == null ? likeCompute(compute) : kvType)
        .withMaxSequences(maxSequences)
        .withMaxBatchTokens(maxBatchTokens)
        .withKvBudget(kvBudget)
        .withMatMulDevice(DeviceChoice.here(devices.device()))
        .withThreads(numCores);
  }

  private static KvType likeCompute(ComputeType type) {
    return switch (type) {
      case FLOAT32 -> KvType.FLOAT32;
      case BFLOAT16 -> KvType.BFLOAT16;
    };
  }
}
