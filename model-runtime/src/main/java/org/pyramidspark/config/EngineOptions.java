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
 * @param maxPrefillTokens the most prompt tokens of one step; a longer prompt takes a step alone
 */
public record EngineOptions(
    ComputeType computeType,
    KvType kvType,
    Kernel kernel,
    int threads,
    int maxSequences,
    int maxPrefillTokens) {

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
    atLeastOne("max-prefill-tokens", maxPrefillTokens);
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw InvalidInputException.of("Option %s is %d; give 1 or more.", option, value);
    }
  }

  /** float32 throughout, one thread for each core, 32 sequences. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        ComputeType.FLOAT32,
        KvType.FLOAT32,
        Kernel.AUTO,
        Runtime.getRuntime().availableProcessors(),
        32,
        2048);
  }

  public EngineOptions withTypes(ComputeType compute, KvType kv) {
    return new EngineOptions(compute, kv, kernel, threads, maxSequences, maxPrefillTokens);
  }

  public EngineOptions withKernel(Kernel value) {
    return new EngineOptions(computeType, kvType, value, threads, maxSequences, maxPrefillTokens);
  }

  public EngineOptions withThreads(int value) {
    return new EngineOptions(computeType, kvType, kernel, value, maxSequences, maxPrefillTokens);
  }

  public EngineOptions withMaxSequences(int value) {
    return new EngineOptions(computeType, kvType, kernel, threads, value, maxPrefillTokens);
  }
}
