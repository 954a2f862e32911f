package org.pyramidspark.config;

import java.util.List;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Sizes of one model of the Llama family.
 *
 * @param name the model's own name, for reports
 * @param architecture the checkpoint's architecture name, {@code llama}
 * @param vocabularySize rows of the embedding and of the output head
 * @param hiddenSize width of the residual stream
 * @param numLayers L of the paper: decoder layers
 * @param numHeads query heads
 * @param numKvHeads key and value heads; divides {@code numHeads}
 * @param headSize width of one head, even
 * @param intermediateSize width of the feed-forward layer
 * @param contextLength the most positions that the model was trained for
 * @param rmsNormEpsilon added to the mean square in RMSNorm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeFrequencyDivisors empty, or one divisor per rotated pair (Llama 3.1's long-context
 *     scaling), {@code headSize / 2} of them
 * @param tiedEmbeddings whether the output head is the embedding table
 */
public record ModelConfig(
    String name,
    String architecture,
    int vocabularySize,
    int hiddenSize,
    int numLayers,
    int numHeads,
    int numKvHeads,
    int headSize,
    int intermediateSize,
    int contextLength,
    float rmsNormEpsilon,
    double ropeTheta,
    List<Float> ropeFrequencyDivisors,
    boolean tiedEmbeddings) {

  public ModelConfig {
    positive("vocabulary size", vocabularySize);
    positive("hidden size", hiddenSize);
    positive("layers", numLayers);
    positive("heads", numHeads);
    positive("KV heads", numKvHeads);
    positive("head size", headSize);
    positive("intermediate size", intermediateSize);
    positive("context length", contextLength);
    if (numHeads % numKvHeads != 0) {
      throw InvalidInputException.of(
          "Model %s has %d query heads and %d KV heads; the first must be a multiple of the second.",
          name, numHeads, numKvHeads);
    }
    if (headSize % 2 != 0) {
      throw InvalidInputException.of(
          "Model %s has heads of size %d; rotary embeddings need an even size.", name, headSize);
    }
    ropeFrequencyDivisors = List.copyOf(ropeFrequencyDivisors);
    if (!ropeFrequencyDivisors.isEmpty() && ropeFrequencyDivisors.size() != headSize / 2) {
      throw InvalidInputException.of(
          "Model %s has %d rotary frequency divisors; its heads of size %d need %d.",
          name, ropeFrequencyDivisors.size(), headSize, headSize / 2);
    }
  }

  /** The same model with its rotary frequencies divided. */
  public ModelConfig withRopeFrequencyDivisors(List<Float> divisors) {
    return new ModelConfig(
        name,
        architecture,
        vocabularySize,
        hiddenSize,
        numLayers,
        numHeads,
        numKvHeads,
        headSize,
        intermediateSize,
        contextLength,
        rmsNormEpsilon,
        ropeTheta,
        divisors,
        tiedEmbeddings);
  }

  private static void positive(String what, int value) {
    if (value <= 0) {
      throw InvalidInputException.of("The model's %s is %d; it must be at least 1.", what, value);
    }
  }

  /** Query heads that share one KV head. */
  public int groupSize() {
    return numHeads / numKvHeads;
  }

  /** Width of the fused query, key and value projection. */
  public int qkvSize() {
    return (numHeads + 2 * numKvHeads) * headSize;
  }

  /** Width of the attention context: all query heads. */
  public int attentionSize() {
    return numHeads * headSize;
  }

  /**
   * Bytes of one token's keys and values over all layers, in a cache of elements of {@code type}.
   */
  public long kvBytesPerToken(KvType type) {
    return 2L * numLayers * numKvHeads * (type.elementBytes(headSize) + type.scaleBytes());
  }
}
