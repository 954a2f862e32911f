package org.pyramidspark.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.errors.InvalidInputException;

/**
 * What a GGUF file says of a model of the Llama architecture, checked: sizes, vocabulary, and that
 * every tensor is there in the right shape.
 */
record LlamaModel(ModelConfig config, Vocabulary vocabulary) {
  private static final String ARCHITECTURE = "llama";

  /**
   * @param floats reads a small tensor
   */
  static LlamaModel of(
      GgufMetadata metadata,
      Map<String, TensorInfo> tensors,
      Function<TensorInfo, float[]> floats) {
    String architecture = metadata.requiredText("general.architecture");
    if (!architecture.equals(ARCHITECTURE)) {
      throw InvalidInputException.of(
          "GGUF file %s has the architecture '%s'; only '%s' is supported, so name a model of that"
              + " family.",
          metadata.path(), architecture, ARCHITECTURE);
    }
    ModelConfig unscaled = checkedConfig(metadata, tensors);
    new LlamaTensors(metadata.path(), unscaled, tensors).check();
    // Only now: divisors are as many as a head size says that the tensors have agreed to.
    ModelConfig config =
        unscaled.withRopeFrequencyDivisors(
            new RotaryScaling(metadata, unscaled.headSize() / 2)
                .divisors(Optional.ofNullable(tensors.get(LlamaTensors.ROPE_FREQUENCIES)), floats));
    return new LlamaModel(config, GgufVocabulary.of(metadata, config.vocabularySize()));
  }

  private static ModelConfig checkedConfig(GgufMetadata metadata, Map<String, TensorInfo> tensors) {
    try {
      return config(metadata, tensors);
    } catch (InvalidInputException wrong) {
      String file = metadata.path().toString();
      if (wrong.getMessage().contains(file)) {
        throw wrong;
      }
      throw new InvalidInputException(
          "GGUF file " + file + " cannot be used: " + wrong.getMessage(), wrong);
    }
  }

  private static ModelConfig config(GgufMetadata metadata, Map<String, TensorInfo> tensors) {
    refuseExperts(metadata);
    int hidden = size(metadata, "embedding_length");
    int heads = size(metadata, "attention.head_count");
    int kvHeads = metadata.integer(key("attention.head_count_kv")).orElse(heads);
    int headSize = metadata.integer(key("attention.key_length")).orElse(hidden / heads);
    int valueSize = metadata.integer(key("attention.value_length")).orElse(headSize);
    int rotated = metadata.integer(key("rope.dimension_count")).orElse(headSize);
    if (valueSize != headSize || rotated != headSize) {
      throw InvalidInputException.of(
          "GGUF file %s has keys of size %d, values of size %d and %d rotated dimensions; only models"
              + " where all three are equal are supported.",
          metadata.path(), headSize, valueSize, rotated);
    }
    return new ModelConfig(
        metadata.text("general.name").orElse(metadata.path().getFileName().toString()),
        ARCHITECTURE,
        vocabularySize(metadata, tensors),
        hidden,
        size(metadata, "block_count"),
        heads,
        kvHeads,
        headSize,
        size(metadata, "feed_forward_length"),
        size(metadata, "context_length"),
        (float) metadata.requiredPositive(key("attention.layer_norm_rms_epsilon")),
        metadata.positive(key("rope.freq_base")).orElse(10000.0),
        List.of(),
        !tensors.containsKey(LlamaTensors.OUTPUT));
  }

  private static String key(String name) {
    return ARCHITECTURE + "." + name;
  }

  private static int size(GgufMetadata metadata, String name) {
    int size = metadata.requiredInteger(key(name));
    if (size < 1) {
      throw GgufCursor.damaged(
          metadata.path(), "metadata key %s is %d and must be at least 1", key(name), size);
    }
    return size;
  }

  private static void refuseExperts(GgufMetadata metadata) {
    if (metadata.integer(key("expert_count")).orElse(0) > 0) {
      throw InvalidInputException.of(
          "GGUF file %s is a mixture of experts, which is not supported; name a dense Llama model.",
          metadata.path());
    }
  }

  private static int vocabularySize(GgufMetadata metadata, Map<String, TensorInfo> tensors) {
    TensorInfo embedding = tensors.get(LlamaTensors.EMBEDDING);
    if (embedding == null || embedding.shape().size() != 2) {
      throw InvalidInputException.of(
          "GGUF file %s has no matrix %s; use a file that holds the whole model.",
          metadata.path(), LlamaTensors.EMBEDDING);
    }
    long rows = embedding.shape().getFirst();
    if (rows > Integer.MAX_VALUE) {
      throw GgufCursor.damaged(
          metadata.path(), "tensor %s has %d rows", LlamaTensors.EMBEDDING, rows);
    }
    return (int) rows;
  }
}
