package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.errors.InvalidInputException;

/** Whole files of the wrong kind are refused in one sentence that says what is wrong. */
class GgufRefusalTest {
  @TempDir Path folder;

  static Stream<Arguments> wrongModels() {
    return Stream.of(
        wrong("architecture 'mamba'", g -> g.text("general.architecture", "mamba")),
        wrong("general.architecture", g -> g.without("general.architecture")),
        wrong("block_count", g -> g.without("llama.block_count")),
        wrong("block_count", g -> g.text("llama.block_count", "two")),
        wrong("block_count", g -> g.integers("llama.block_count", new int[] {2, 2})),
        wrong("block_count", g -> g.integer("llama.block_count", -1)),
        wrong("embedding_length", g -> g.integer("llama.embedding_length", 0)),
        wrong("multiple", g -> g.integer("llama.attention.head_count_kv", 3)),
        wrong("rotated", g -> g.integer("llama.rope.dimension_count", 8)),
        wrong("values of size", g -> g.integer("llama.attention.value_length", 8)),
        wrong("epsilon", g -> g.decimal("llama.attention.layer_norm_rms_epsilon", 0)),
        wrong("epsilon", g -> g.decimal("llama.attention.layer_norm_rms_epsilon", Float.NaN)),
        wrong("freq_base", g -> g.decimal("llama.rope.freq_base", Float.POSITIVE_INFINITY)),
        wrong("mixture of experts", g -> g.integer("llama.expert_count", 8)),
        wrong("yarn", g -> g.text("llama.rope.scaling.type", "yarn")),
        wrong("yarn", g -> frequencies(g, 8).text("llama.rope.scaling.type", "yarn")),
        wrong("factor", g -> g.decimal("llama.rope.scaling.factor", -2)),
        wrong("rope_freqs.weight", g -> frequencies(g, 4)),
        wrong("must hold numbers over 0", g -> frequencies(g, 8)));
  }

  static Stream<Arguments> wrongVocabularies() {
    return Stream.of(
        wrong("'llama'", g -> g.text("tokenizer.ggml.model", "llama")),
        wrong("tokenizer.ggml.model", g -> g.without("tokenizer.ggml.model")),
        wrong("1 tokens", g -> g.texts("tokenizer.ggml.tokens", List.of("a"))),
        wrong("array of text", g -> g.integers("tokenizer.ggml.tokens", new int[265])),
        wrong("tokenizer.ggml.tokens", g -> g.without("tokenizer.ggml.tokens")),
        wrong("1 token types", g -> g.integers("tokenizer.ggml.token_type", new int[] {1})),
        wrong("the type 0", g -> g.integers("tokenizer.ggml.token_type", new int[265])),
        wrong(
            "whole numbers",
            g -> g.texts("tokenizer.ggml.token_type", Collections.nCopies(265, "1"))),
        wrong("tokenizer.ggml.merges", g -> g.without("tokenizer.ggml.merges")),
        wrong("'left right'", g -> g.texts("tokenizer.ggml.merges", List.of("h e", "in"))),
        wrong("special token", g -> g.integer("tokenizer.ggml.eos_token_id", 999_999)),
        wrong("add_bos_token", g -> g.integer("tokenizer.ggml.add_bos_token", 1)),
        wrong("0 or 1", g -> g.value("tokenizer.ggml.add_bos_token", 7, (byte) 2)),
        wrong("UTF-8", g -> g.value("x", 8, invalidText())));
  }

  static Stream<Arguments> wrongTensors() {
    String query = "blk.0.attn_q.weight";
    String norm = "output_norm.weight";
    int[] tooLarge = {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 32};
    return Stream.of(
        wrong("lacks tensor", g -> g.integer("llama.block_count", 3)),
        wrong("lacks tensor", g -> g.integer("llama.block_count", Integer.MAX_VALUE)),
        wrong("not have", g -> g.integer("llama.block_count", 1)),
        wrong("lacks tensor", g -> g.without("blk.1.ffn_down.weight")),
        wrong("token_embd.weight", g -> g.without("token_embd.weight")),
        wrong("shape", g -> g.integer("llama.feed_forward_length", 100)),
        wrong("attn_q.bias", g -> g.tensor("blk.0.attn_q.bias", 0, new byte[256], 64)),
        wrong("type number 99", g -> g.tensor(query, 99, new byte[64], 4, 4)),
        wrong("Q4_K, Q5_K, Q6_K", g -> g.tensor(query, 10, new byte[84], 1, 256)),
        wrong("dimensions", g -> g.tensor(query, 0, new byte[4])),
        wrong("dimensions", g -> g.tensor(query, 0, new byte[4], 1, 1, 1, 1, 1)),
        wrong("at least 1", g -> g.tensor(query, 0, new byte[4], 0, 64)),
        wrong("at least 1", g -> g.tensor(query, 0, new byte[4], -64, -64)),
        wrong("large enough", g -> g.tensor(query, 0, new byte[4], tooLarge)),
        wrong("overlap", g -> g.tensor(norm, 0, new byte[8], 64)),
        wrong("multiple of 32", g -> g.tensor(norm, 8, new byte[68], 65)),
        wrong("alignment is 12", g -> g.integer("general.alignment", 12)),
        wrong("alignment is 0", g -> g.integer("general.alignment", 0)),
        wrong("multiple of the alignment", g -> g.integer("general.alignment", 4096)),
        wrong("the data has", g -> g.tensor("blk.1.ffn_down.weight", 0, new byte[8], 64, 128)));
  }

  private static Arguments wrong(String mention, UnaryOperator<GgufBuilder> change) {
    return Arguments.of(mention, change);
  }

  private static GgufBuilder frequencies(GgufBuilder gguf, int count) {
    return gguf.tensor("rope_freqs.weight", 0, new byte[4 * count], count);
  }

  private static byte[] invalidText() {
    return GgufBuilder.join(GgufBuilder.int64(2), new byte[] {(byte) 0xc3, (byte) 0x28});
  }

  @ParameterizedTest
  @MethodSource({"wrongModels", "wrongVocabularies", "wrongTensors"})
  void aWrongModelIsRefusedWithItsReason(String mention, UnaryOperator<GgufBuilder> change) {
    Path file = TinyModel.standard().write(folder.resolve("wrong.gguf"), change);
    assertRefused(file).hasMessageContaining(mention);
  }

  @Test
  void nothingMayStandTwice() throws IOException {
    byte[] tensors = TinyModel.standard().builder().bytes();
    assertRefused(renamed(tensors, "blk.0.attn_k.weight", "blk.0.attn_q.weight"))
        .hasMessageContaining("stands twice");
    byte[] keys = TinyModel.standard().builder().text("general.type", "model").bytes();
    assertRefused(renamed(keys, "general.type", "general.name"))
        .hasMessageContaining("stands twice");
  }

  private Path renamed(byte[] file, String from, String to) throws IOException {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    return Files.write(
        folder.resolve("twice.gguf"), text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void otherVersionsAreRefused() {
    for (int version : new int[] {0, 1, 4, -1}) {
      assertRefused(TinyModel.standard().withVersion(version).write(folder.resolve("old.gguf")))
          .hasMessageContaining("version " + Integer.toUnsignedString(version));
    }
    int swapped = Integer.reverseBytes(3);
    assertRefused(TinyModel.standard().withVersion(swapped).write(folder.resolve("big.gguf")))
        .hasMessageContaining("version 3, big endian");
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    assertRefused(folder.resolve("none.gguf")).hasMessageContaining("does not exist");
    assertRefused(folder).hasMessageContaining("not a regular file");
    assertRefused(Files.createFile(folder.resolve("empty.gguf")))
        .hasMessageContaining("not a GGUF");
    assertRefused(Files.writeString(folder.resolve("text.gguf"), "Once upon a time"))
        .hasMessageContaining("not a GGUF");
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(Path file) {
    return assertThatThrownBy(() -> GgufFile.open(file).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString());
  }
}
