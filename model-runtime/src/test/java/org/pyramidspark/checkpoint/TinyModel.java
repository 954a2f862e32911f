package org.pyramidspark.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A Llama model small enough for tests of everything around it: real in form, its weights random.
 *
 * @param version of the file format
 * @param type of the matrices: F32, F16, BF16 or Q8_0
 * @param layers decoder layers
 * @param heads query heads
 * @param kvHeads KV heads
 * @param headSize size of a head
 * @param contextLength positions
 */
public record TinyModel(
    int version,
    TensorType type,
    int layers,
    int heads,
    int kvHeads,
    int headSize,
    int contextLength) {
  private static final String TEMPLATE =
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] +"
          + " '<|im_end|>' + '\\n'}}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

  /** Two layers, four heads of 16. */
  public static TinyModel standard() {
    return new TinyModel(3, TensorType.F32, 2, 4, 2, 16, 2048);
  }

  public TinyModel withType(TensorType value) {
    return new TinyModel(version, value, layers, heads, kvHeads, headSize, contextLength);
  }

  public TinyModel withVersion(int value) {
    return new TinyModel(value, type, layers, heads, kvHeads, headSize, contextLength);
  }

  /** Writes the model to a file. */
  public Path write(Path file) {
    return write(file, UnaryOperator.identity());
  }

  /**
   * @param change changes the metadata or the tensors before they are written
   */
  Path write(Path file, UnaryOperator<GgufBuilder> change) {
    try {
      return Files.write(file, change.apply(builder()).bytes());
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  GgufBuilder builder() {
    int hidden = heads * headSize;
    int intermediate = 2 * hidden;
    GgufBuilder gguf =
        new GgufBuilder(version)
            .text("general.architecture", "llama")
            .text("general.name", "tiny")
            .integer("llama.block_count", layers)
            .integer("llama.embedding_length", hidden)
            .integer("llama.feed_forward_length", intermediate)
            .integer("llama.attention.head_count", heads)
            .integer("llama.attention.head_count_kv", kvHeads)
            .integer("llama.context_length", contextLength)
            .decimal("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .decimal("llama.rope.freq_base", 10000f);
    List<String> tokens = addVocabulary(gguf);
    Random random = new Random(1);
    gguf.tensor("token_embd.weight", type, random, tokens.size(), hidden);
    gguf.tensor("output_norm.weight", TensorType.F32, random, hidden);
    for (int layer = 0; layer < layers; layer++) {
      String block = "blk." + layer + ".";
      gguf.tensor(block + "attn_norm.weight", TensorType.F32, random, hidden)
          .tensor(block + "attn_q.weight", type, random, hidden, hidden)
          .tensor(block + "attn_k.weight", type, random, kvHeads * headSize, hidden)
          .tensor(block + "attn_v.weight", type, random, kvHeads * headSize, hidden)
          .tensor(block + "attn_output.weight", type, random, hidden, hidden)
          .tensor(block + "ffn_norm.weight", TensorType.F32, random, hidden)
          .tensor(block + "ffn_gate.weight", type, random, intermediate, hidden)
          .tensor(block + "ffn_up.weight", type, random, intermediate, hidden)
          .tensor(block + "ffn_down.weight", type, random, hidden, intermediate);
    }
    return gguf;
  }

  private static List<String> addVocabulary(GgufBuilder gguf) {
    List<String> tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    int control = tokens.size();
    char next = 0x100;
    for (int value = 0; value < 256; value++) {
      boolean itself = value >= 33 && value <= 126 || value >= 161 && value != 173;
      tokens.add(String.valueOf(itself ? (char) value : next++));
    }
    List<String> merges = List.of("h e", "Ġ t", "Ġt he", "i n", "Ġ a", "e r");
    merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
    gguf.text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "gpt-2")
        .texts("tokenizer.ggml.tokens", tokens)
        .texts("tokenizer.ggml.merges", merges)
        .integers(
            "tokenizer.ggml.token_type",
            IntStream.range(0, tokens.size()).map(id -> id < control ? 3 : 1).toArray())
        .integer("tokenizer.ggml.bos_token_id", 1)
        .integer("tokenizer.ggml.eos_token_id", 2)
        .text("tokenizer.chat_template", TEMPLATE);
    return tokens;
  }

  /** Elements of a random tensor in the bytes of its type. */
  static byte[] randomTensor(TensorType type, Random random, int elements) {
    int blocks = elements / type.blockElements();
    ByteBuffer bytes =
        ByteBuffer.allocate(blocks * type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < blocks; block++) {
      switch (type) {
        case F32 -> bytes.putFloat(weight(random));
        case F16 -> bytes.putShort(Float.floatToFloat16(weight(random)));
        case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(weight(random)) >> 16));
        case Q8_0 -> {
          bytes.putShort(Float.floatToFloat16(0.003f));
          for (int i = 0; i < 32; i++) {
            bytes.put((byte) random.nextInt(-127, 128));
          }
        }
        default -> throw new IllegalArgumentException("No random tensors of type " + type);
      }
    }
    return bytes.array();
  }

  private static float weight(Random random) {
    return (float) random.nextGaussian() * 0.2f;
  }
}
