package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Sound files are read as they were written; unsound ones are refused in one sentence, never worse.
 */
class GgufFileTest {
  @TempDir Path folder;

  static Stream<Arguments> formats() {
    return Stream.of(2, 3)
        .flatMap(
            version ->
                Stream.of(TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0)
                    .map(type -> Arguments.of(version, type)));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void readsWhatWasWritten(int version, TensorType type) {
    TinyModel model = TinyModel.standard().withVersion(version).withType(type);
    Path file = model.write(folder.resolve("model.gguf"));
    try (GgufFile gguf = GgufFile.open(file);
        Arena arena = Arena.ofConfined()) {
      assertThat(gguf.version()).isEqualTo(version);
      assertThat(gguf.config().numLayers()).isEqualTo(model.layers());
      assertThat(gguf.config().headSize()).isEqualTo(model.headSize());
      assertThat(gguf.config().tiedEmbeddings()).isTrue();
      assertThat(gguf.vocabulary().tokens()).hasSize(gguf.config().vocabularySize());
      assertThat(gguf.vocabulary().endTokens()).containsExactlyInAnyOrder(0, 2);
      assertThat(gguf.chatTemplate()).isPresent();
      TensorInfo query = gguf.tensor("blk.1.attn_k.weight").orElseThrow();
      assertThat(query.shape()).containsExactly(32L, 64L);
      assertThat(query.type()).isEqualTo(type);
      MemorySegment values = arena.allocate(4 * query.elements());
      gguf.dequantize(query.name(), values);
      float[] floats = values.toArray(ValueLayout.JAVA_FLOAT);
      assertThat(floats).doesNotContain(Float.NaN);
      assertThat(floats[0]).isNotZero().isBetween(-2f, 2f);
    }
  }

  /** A file may end anywhere: every header byte, and samples of the data. */
  @Test
  void aTruncatedFileIsRefusedWhereverItEnds() throws IOException {
    byte[] whole = TinyModel.standard().builder().bytes();
    Path file = folder.resolve("cut.gguf");
    int step = Math.max(1, whole.length / 3000);
    for (int length = 0; length < whole.length - 32; length += length < 2000 ? 1 : step) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused(file);
    }
  }

  /**
   * A changed header byte gives a file that opens or is refused: no other error, no great memory.
   */
  @Test
  void aDamagedHeaderNeverDoesWorseThanBeingRefused() throws IOException {
    byte[] whole = TinyModel.standard().builder().bytes();
    Path file = folder.resolve("damaged.gguf");
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] damaged = whole.clone();
      int at = i < 1200 ? i : random.nextInt(14_000);
      damaged[at] = (byte) (i % 3 == 0 ? 0xff : random.nextInt(256));
      Files.write(file, damaged);
      try (GgufFile gguf = GgufFile.open(file)) {
        assertThat(gguf.tensors()).isNotEmpty();
      } catch (InvalidInputException expected) {
        refused++;
        assertThat(expected).hasMessageContaining(file.toString());
      }
    }
    assertThat(refused).isPositive();
  }

  static Stream<Arguments> unsound() {
    return Stream.of(
        unsound("architecture 'mamba'", g -> g.text("general.architecture", "mamba")),
        unsound("general.architecture", g -> g.without("general.architecture")),
        unsound("block_count", g -> g.without("llama.block_count")),
        unsound("block_count", g -> g.text("llama.block_count", "two")),
        unsound("lacks tensor", g -> g.integer("llama.block_count", 3)),
        unsound("lacks tensor", g -> g.integer("llama.block_count", Integer.MAX_VALUE)),
        unsound("not have", g -> g.integer("llama.block_count", 1)),
        unsound("multiple", g -> g.integer("llama.attention.head_count_kv", 3)),
        unsound("shape", g -> g.integer("llama.feed_forward_length", 100)),
        unsound("mixture of experts", g -> g.integer("llama.expert_count", 8)),
        unsound("yarn", g -> g.text("llama.rope.scaling.type", "yarn")),
        unsound("'llama'", g -> g.text("tokenizer.ggml.model", "llama")),
        unsound("tokens", g -> g.texts("tokenizer.ggml.tokens", List.of("a"))),
        unsound("special token", g -> g.integer("tokenizer.ggml.eos_token_id", 999_999)),
        unsound("alignment", g -> g.integer("general.alignment", 12)),
        unsound("type number 99", g -> g.tensor("blk.0.attn_q.weight", 99, new byte[64], 4, 4)),
        unsound("lacks tensor", g -> g.without("blk.1.ffn_down.weight")),
        unsound("attn_q.bias", g -> g.tensor("blk.0.attn_q.bias", 0, new byte[256], 64)),
        unsound("overlap", g -> g.tensor("output_norm.weight", 0, new byte[8], 64)),
        unsound("multiple of 32", g -> g.tensor("output_norm.weight", 8, new byte[68], 65)));
  }

  private static Arguments unsound(String mention, UnaryOperator<GgufBuilder> change) {
    return Arguments.of(mention, change);
  }

  @ParameterizedTest
  @MethodSource("unsound")
  void anUnsoundModelIsRefusedWithItsReason(String mention, UnaryOperator<GgufBuilder> change) {
    Path file = TinyModel.standard().write(folder.resolve("unsound.gguf"), change);
    assertRefused(file).hasMessageContaining(mention);
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    assertRefused(folder.resolve("none.gguf")).hasMessageContaining("does not exist");
    assertRefused(folder).hasMessageContaining("not a regular file");
    assertRefused(Files.createFile(folder.resolve("empty.gguf")))
        .hasMessageContaining("not a GGUF");
    assertRefused(Files.writeString(folder.resolve("text.gguf"), "Once upon a time"))
        .hasMessageContaining("not a GGUF");
    assertRefused(TinyModel.standard().withVersion(1).write(folder.resolve("old.gguf")))
        .hasMessageContaining("version 1");
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(Path file) {
    return assertThatThrownBy(() -> GgufFile.open(file).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString());
  }
}
