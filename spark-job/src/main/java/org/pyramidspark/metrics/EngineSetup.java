package org.pyramidspark.metrics;

import java.io.Serializable;

/**
 * What an engine runs on.
 *
 * @param machine where it runs
 * @param numThreads its threads
 * @param types its compute type and the type of its KV cache
 * @param kvBudget the most bytes of its KV cache
 * @param deterministic whether rows do not depend on their batch
 * @param kernels its cache kernels
 * @param tensorFlow version of TensorFlow
 * @param loadNanos time it took to load the model
 */
public record EngineSetup(
    Machine machine,
    int numThreads,
    String types,
    long kvBudget,
    boolean deterministic,
    String kernels,
    String tensorFlow,
    long loadNanos)
    implements Serializable {}
