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
 * @param shape sizes of the decoder
 * @param contextLength positions
 * @param tied whether the embedding table is the output head too
 * @param seed of the weights
 */
public record TinyModel(
    int version, TensorType type, Shape shape, int contextLength, boolean tied, long seed) {

  /**
   * Sizes of a decoder.
   *
   * @param layers decoder layers
   * @param hidden width of the residual stream
   * @param heads query heads
   * @param kvHeads KV heads
   * @param headSize size of a head
   * @param intermediate width of the feed-forward layer
   */
  public record Shape(
      int layers, int hidden, int heads, int kvHeads, int headSize, int intermediate) {}

  private static final String TEMPLATE =
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] +"
          + " '<|im_end|>' + '\\n'}}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

  /** Two layers, four heads of 16, two KV heads, tied embeddings, F32. */
  public static TinyModel standard() {
    return new TinyModel(3, TensorType.F32, new Shape(2, 64, 4, 2, 16, 128), 2048, true, 1);
  }

  public TinyModel withType(TensorType value) {
    return new TinyModel(version, value, shape, contextLength, tied, seed);
  }

  public TinyModel withVersion(int value) {
    return new TinyModel(value, type, shape, contextLength, tied, seed);
  }

  public TinyModel withShape(Shape value) {
    return new TinyModel(version, type, value, contextLength, tied, seed);
  }

  public TinyModel withContextLength(int value) {
    return new TinyModel(version, type, shape, value, tied, seed);
  }

  /** With an output head of its own, or without. */
  public TinyModel withTied(boolean value) {
    return new TinyModel(version, type, shape, contextLength, value, seed);
  }

  public TinyModel withSeed(long value) {
    return new TinyModel(version, type, shape, contextLength, tied, value);
  }

  /** Writes the model to a file. */
  public Path write(Path file) {
    return write(file, UnaryOperator.identity());
  }

  /** Writes the model without its chat template. */
  public Path writeWithoutTemplate(Path file) {
    return write(file, gguf -> gguf.without("tokenizer.chat_template"));
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
    GgufBuilder gguf =
        new GgufBuilder(version)
            .text("general.architecture", "llama")
            .text("general.name", "tiny")
            .integer("llama.block_count", shape.layers)
            .integer("llama.embedding_length", shape.hidden)
            .integer("llama.feed_forward_length", shape.intermediate)
            .integer("llama.attention.head_count", shape.heads)
            .integer("llama.attention.head_count_kv", shape.kvHeads)
            .integer("llama.context_length", contextLength)
            .decimal("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .decimal("llama.rope.freq_base", 10000f);
    if (shape.heads * shape.headSize != shape.hidden) {
      gguf.integer("llama.attention.key_length", shape.headSize)
          .integer("llama.attention.value_length", shape.headSize);
    }
    addTensors(gguf, addVocabulary(gguf).size());
    return gguf;
  }

  private void addTensors(GgufBuilder gguf, int numTokens) {
    Random random = new Random(seed);
    int hidden = shape.hidden;
    int attention = shape.heads * shape.headSize;
    int kv = shape.kvHeads * shape.headSize;
    gguf.tensor("token_embd.weight", type, random, numTokens, hidden);
    gguf.tensor("output_norm.weight", TensorType.F32, random, hidden);
    for (int layer = 0; layer < shape.layers; layer++) {
      String block = "blk." + layer + ".";
      gguf.tensor(block + "attn_norm.weight", TensorType.F32, random, hidden)
          .tensor(block + "attn_q.weight", type, random, attention, hidden)
          .tensor(block + "attn_k.weight", type, random, kv, hidden)
          .tensor(block + "attn_v.weight", type, random, kv, hidden)
          .tensor(block + "attn_output.weight", type, random, hidden, attention)
          .tensor(block + "ffn_norm.weight", TensorType.F32, random, hidden)
          .tensor(block + "ffn_gate.weight", type, random, shape.intermediate, hidden)
          .tensor(block + "ffn_up.weight", type, random, shape.intermediate, hidden)
          .tensor(block + "ffn_down.weight", type, random, hidden, shape.intermediate);
    }
    if (!tied) {
      gguf.tensor("output.weight", type, random, numTokens, hidden);
    }
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
