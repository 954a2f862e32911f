package org.pyramidspark.planning;

/**
 * What a workload takes, whoever computes it.
 *
 * @param prefillFlops floating-point operations in the MatMuls of prompts
 * @param attentionFlops those in the attention of prompts
 * @param decodeFlops those in the MatMuls of generated tokens
 * @param decodeBytes bytes of weights and KV cache that generated tokens read
 */
public record Work(
    double prefillFlops, double attentionFlops, double decodeFlops, double decodeBytes) {
  static final Work NONE = new Work(0, 0, 0, 0);

  Work plus(Work other) {
    return new Work(
        prefillFlops + other.prefillFlops,
        attentionFlops + other.attentionFlops,
        decodeFlops + other.decodeFlops,
        decodeBytes + other.decodeBytes);
  }

  /**
   * Seconds at a machine's rates: MatMuls at TensorFlow's rate for large ones of the compute type,
   * attention at its float32 rate, and for generated tokens the longer of reading memory and of
   * multiplying.
   *
   * @param matMulFlops MatMul rate of the compute type, per second
   */
  public double idealSeconds(MachineRates rates, double matMulFlops) {
    return prefillFlops / matMulFlops
        + attentionFlops / rates.float32Flops()
        + Math.max(decodeBytes / rates.memoryBytes(), decodeFlops / matMulFlops);
  }
}
