package org.pyramidspark.config;

import org.pyramidspark.errors.InvalidInputException;

/**
 * How one engine runs.
 *
 * @param computeType element type of weights and MatMul inputs
 * @param kvType element type of the KV cache
 * @param kernel which cache kernels to use
 * @param threads threads for TensorFlow and for the cache op, each
 * @param maxSequences the most sequences that run at once
 * @param maxBatchTokens the most tokens of one step, prompts and generated ones together; a longer
 *     prompt takes a step without other prompts
 * @param kvBudget the most bytes of KV cache in use at once, or {@link #KV_BUDGET_OF_FREE_MEMORY}
 * @param matMulDevice where its MatMuls run
 */
public record EngineOptions(
    ComputeType computeType,
    KvType kvType,
    Kernel kernel,
    int threads,
    int maxSequences,
    int maxBatchTokens,
    long kvBudget,
    MatMulDevice matMulDevice) {

  /** As {@link #kvBudget}: half of the memory that is free when the engine starts. */
  public static final long KV_BUDGET_OF_FREE_MEMORY = 0;

  /** Which implementation of the cache op's kernels runs. */
  public enum Kernel {
    /** Vector where the Vector API is there, else scalar, with a line in the log. */
    AUTO,
    SCALAR,
    VECTOR
  }

  public EngineOptions {
    atLeastOne("threads", threads);
    atLeastOne("max-sequences", maxSequences);
    atLeastOne("max-batch-tokens", maxBatchTokens);
    if (kvBudget < 0) {
      throw InvalidInputException.of(
          "Option kv-budget is %d bytes; give 1 or more, or 0 for half of the free memory.",
          kvBudget);
    }
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw InvalidInputException.of("Option %s is %d; give 1 or more.", option, value);
    }
  }

  /** float32 throughout, one thread for each core, 64 sequences. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        ComputeType.FLOAT32,
        KvType.FLOAT32,
        Kernel.AUTO,
        Runtime.getRuntime().availableProcessors(),
        64,
        2048,
        KV_BUDGET_OF_FREE_MEMORY,
        MatMulDevice.HOST);
  }

  public EngineOptions withTypes(ComputeType compute, KvType kv) {
    return new EngineOptions(
        compute, kv, kernel, threads, maxSequences, maxBatchTokens, kvBudget, matMulDevice);
  }

  public EngineOptions withKernel(Kernel value) {
    return new EngineOptions(
        computeType, kvType, value, threads, maxSequences, maxBatchTokens, kvBudget, matMulDevice);
  }

  public EngineOptions withThreads(int value) {
    return new EngineOptions(
        computeType, kvType, kernel, value, maxSequences, maxBatchTokens, kvBudget, matMulDevice);
  }

  public EngineOptions withMaxSequences(int value) {
    return new EngineOptions(
        computeType, kvType, kernel, threads, value, maxBatchTokens, kvBudget, matMulDevice);
  }

  public EngineOptions withMaxBatchTokens(int value) {
    return new EngineOptions(
        computeType, kvType, kernel, threads, maxSequences, value, kvBudget, matMulDevice);
  }

  public EngineOptions withKvBudget(long bytes) {
    return new EngineOptions(
        computeType, kvType, kernel, threads, maxSequences, maxBatchTokens, bytes, matMulDevice);
  }

  public EngineOptions withMatMulDevice(MatMulDevice device) {
    return new EngineOptions(
        computeType, kvType, kernel, threads, maxSequences, maxBatchTokens, kvBudget, device);
  }
}
