package org.pyramidspark.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    ModelConfig config = checkedConfig(metadata, tensors, floats);
    new LlamaTensors(metadata.path(), config, tensors).check();
    return new LlamaModel(config, GgufVocabulary.of(metadata, config.vocabularySize()));
  }

  private static ModelConfig checkedConfig(
      GgufMetadata metadata,
      Map<String, TensorInfo> tensors,
      Function<TensorInfo, float[]> floats) {
    try {
      return config(metadata, tensors, floats);
    } catch (InvalidInputException wrong) {
      String file = metadata.path().toString();
      if (wrong.getMessage().contains(file)) {
        throw wrong;
      }
      throw new InvalidInputException(
          "GGUF file " + file + " cannot be used: " + wrong.getMessage(), wrong);
    }
  }

  private static ModelConfig config(
      GgufMetadata metadata,
      Map<String, TensorInfo> tensors,
      Function<TensorInfo, float[]> floats) {
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
        (float) metadata.requiredDecimal(key("attention.layer_norm_rms_epsilon")),
        metadata.decimal(key("rope.freq_base")).orElse(10000.0),
        frequencyDivisors(metadata, tensors, floats, headSize),
        !tensors.containsKey("output.weight"));
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
    TensorInfo embedding = tensors.get("token_embd.weight");
    if (embedding == null || embedding.shape().size() != 2) {
      throw InvalidInputException.of(
          "GGUF file %s has no matrix token_embd.weight; use a file that holds the whole model.",
          metadata.path());
    }
    return Math.toIntExact(embedding.shape().getFirst());
  }

  /** Llama 3.1's divisors come as a tensor; linear scaling divides all frequencies alike. */
  private static List<Float> frequencyDivisors(
      GgufMetadata metadata,
      Map<String, TensorInfo> tensors,
      Function<TensorInfo, float[]> floats,
      int headSize) {
    TensorInfo tensor = tensors.get("rope_freqs.weight");
    if (tensor != null && tensor.elements() == headSize / 2) {
      List<Float> divisors = new ArrayList<>();
      for (float divisor : floats.apply(tensor)) {
        divisors.add(divisor);
      }
      return divisors;
    }
    String scaling = metadata.text(key("rope.scaling.type")).orElse("none");
    return switch (scaling) {
      case "none" -> List.of();
      case "linear" ->
          Collections.nCopies(
              headSize / 2, (float) metadata.requiredDecimal(key("rope.scaling.factor")));
      default ->
          throw InvalidInputException.of(
              "GGUF file %s scales its rotary embedding by '%s'; none, linear and rope_freqs.weight are"
                  + " supported.",
              metadata.path(), scaling);
    };
  }

  /** Which tensors a Llama decoder consists of. */
  private record LlamaTensors(Path path, ModelConfig config, Map<String, TensorInfo> tensors) {

    void check() {
      Map<String, List<Long>> expected = expected();
      expected.forEach(this::checkShape);
      for (String name : tensors.keySet()) {
        if (!expected.containsKey(name) && !name.equals("rope_freqs.weight")) {
          throw InvalidInputException.of(
              "GGUF file %s has a tensor %s, which a plain Llama model does not have (a bias, an"
                  + " adapter or another family); results would be wrong, so name another model.",
              path, name);
        }
      }
    }

    private Map<String, List<Long>> expected() {
      long hidden = config.hiddenSize();
      long attention = config.attentionSize();
      long kv = (long) config.numKvHeads() * config.headSize();
      long intermediate = config.intermediateSize();
      Map<String, List<Long>> expected = new HashMap<>();
      expected.put("token_embd.weight", List.of((long) config.vocabularySize(), hidden));
      expected.put("output_norm.weight", List.of(hidden));
      if (!config.tiedEmbeddings()) {
        expected.put("output.weight", List.of((long) config.vocabularySize(), hidden));
      }
      for (int layer = 0; layer < config.numLayers(); layer++) {
        String block = "blk." + layer + ".";
        expected.put(block + "attn_norm.weight", List.of(hidden));
        expected.put(block + "attn_q.weight", List.of(attention, hidden));
        expected.put(block + "attn_k.weight", List.of(kv, hidden));
        expected.put(block + "attn_v.weight", List.of(kv, hidden));
        expected.put(block + "attn_output.weight", List.of(hidden, attention));
        expected.put(block + "ffn_norm.weight", List.of(hidden));
        expected.put(block + "ffn_gate.weight", List.of(intermediate, hidden));
        expected.put(block + "ffn_up.weight", List.of(intermediate, hidden));
        expected.put(block + "ffn_down.weight", List.of(hidden, intermediate));
        // A damaged number of layers must not fill memory with expectations.
        checkShape(block + "attn_q.weight", List.of(attention, hidden));
      }
      return expected;
    }

    private void checkShape(String name, List<Long> shape) {
      TensorInfo tensor = tensors.get(name);
      if (tensor == null) {
        throw InvalidInputException.of(
            "GGUF file %s lacks tensor %s; use a file that holds the whole model.", path, name);
      }
      if (!tensor.shape().equals(shape)) {
        throw GgufCursor.damaged(
            path, "tensor %s has the shape %s and must have %s", name, tensor.shape(), shape);
      }
    }
  }
}
