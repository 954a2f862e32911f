package org.pyramidspark.op;

import java.util.List;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.ModelConfig;

/** Sizes of the kernels' benchmarks: those of SmolLM2-135M, in the machine's fastest type. */
final class BenchmarkModel {
  static final int TOKENS = 2048;

  private BenchmarkModel() {}

  static ModelConfig config() {
    return new ModelConfig(
        "benchmark",
        "llama",
        49152,
        576,
        30,
        9,
        3,
        64,
        1536,
        2 * TOKENS,
        1e-5f,
        100_000,
        List.of(),
        true);
  }

  static ComputeType computeType() {
    return DecoderOps.gainsByBfloat16() ? ComputeType.BFLOAT16 : ComputeType.FLOAT32;
  }

  static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }
}
