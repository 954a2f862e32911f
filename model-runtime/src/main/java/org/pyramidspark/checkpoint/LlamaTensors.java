package org.pyramidspark.checkpoint;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.errors.InvalidInputException;

/** Checks that a file has the tensors of a Llama decoder in their shapes, and no others. */
record LlamaTensors(Path path, ModelConfig config, Map<String, TensorInfo> tensors) {
  static final String EMBEDDING = "token_embd.weight";
  static final String OUTPUT = "output.weight";
  static final String ROPE_FREQUENCIES = "rope_freqs.weight";

  void check() {
    Map<String, List<Long>> expected = expected();
    expected.forEach(this::checkShape);
    for (String name : tensors.keySet()) {
      if (!expected.containsKey(name) && !name.equals(ROPE_FREQUENCIES)) {
        throw InvalidInputException.of(
            "GGUF file %s has a tensor %s, which a plain Llama model does not have (a bias, an"
                + " adapter or another family); results would be wrong, so name another model.",
            path, name);
      }
    }
  }

  private Map<String, List<Long>> expected() {
    long hidden = config.hiddenSize();
    long attention = (long) config.numHeads() * config.headSize();
    long kv = (long) config.numKvHeads() * config.headSize();
    long intermediate = config.intermediateSize();
    Map<String, List<Long>> expected = new HashMap<>();
    expected.put(EMBEDDING, List.of((long) config.vocabularySize(), hidden));
    expected.put("output_norm.weight", List.of(hidden));
    if (!config.tiedEmbeddings()) {
      expected.put(OUTPUT, List.of((long) config.vocabularySize(), hidden));
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
