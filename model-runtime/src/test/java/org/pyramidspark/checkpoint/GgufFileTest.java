package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.config.ModelConfig;

/** Sound files are read as they were written. */
class GgufFileTest {
  @TempDir Path folder;

  static Stream<TinyModel> models() {
    List<TinyModel.Shape> shapes =
        List.of(
            TinyModel.standard().shape(),
            new TinyModel.Shape(1, 32, 1, 1, 32, 32),
            new TinyModel.Shape(3, 96, 6, 2, 32, 160));
    List<TensorType> types =
        List.of(TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0);
    return Stream.of(2, 3)
        .flatMap(version -> types.stream().map(TinyModel.standard().withVersion(version)::withType))
        .flatMap(model -> shapes.stream().map(model::withShape))
        .flatMap(model -> Stream.of(model, model.withTied(false).withSeed(9)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void readsWhatWasWritten(TinyModel model) {
    GgufBuilder written = model.builder();
    try (GgufFile gguf = open(model, UnaryOperator.identity())) {
      assertThat(gguf.version()).isEqualTo(model.version());
      checkConfig(gguf.config(), model);
      int vocabulary = gguf.config().vocabularySize();
      assertThat(gguf.tensor("token_embd.weight").orElseThrow().shape())
          .containsExactly((long) vocabulary, (long) model.shape().hidden());
      assertThat(gguf.tensors()).hasSize(9 * model.shape().layers() + (model.tied() ? 2 : 3));
      for (TensorInfo tensor : gguf.tensors()) {
        assertThat(tensor.bytes()).isEqualTo(written.data(tensor.name()).length);
        assertThat(floats(gguf, tensor))
            .as(tensor.name())
            .isEqualTo(decoded(tensor.type(), written.data(tensor.name())));
      }
    }
  }

  private static void checkConfig(ModelConfig config, TinyModel model) {
    assertThat(config.name()).isEqualTo("tiny");
    assertThat(config.architecture()).isEqualTo("llama");
    assertThat(config.numLayers()).isEqualTo(model.shape().layers());
    assertThat(config.hiddenSize()).isEqualTo(model.shape().hidden());
    assertThat(config.numHeads()).isEqualTo(model.shape().heads());
    assertThat(config.numKvHeads()).isEqualTo(model.shape().kvHeads());
    assertThat(config.headSize()).isEqualTo(model.shape().headSize());
    assertThat(config.intermediateSize()).isEqualTo(model.shape().intermediate());
    assertThat(config.contextLength()).isEqualTo(model.contextLength());
    assertThat(config.rmsNormEpsilon()).isEqualTo(1e-5f);
    assertThat(config.ropeTheta()).isEqualTo(10000);
    assertThat(config.ropeFrequencyDivisors()).isEmpty();
    assertThat(config.tiedEmbeddings()).isEqualTo(model.tied());
  }

  @Test
  void readsTheVocabulary() {
    try (GgufFile gguf = open(TinyModel.standard(), UnaryOperator.identity())) {
      Vocabulary vocabulary = gguf.vocabulary();
      assertThat(vocabulary.preTokenizer()).isEqualTo("gpt-2");
      assertThat(vocabulary.tokens()).hasSize(265).startsWith("<|endoftext|>", "<|im_start|>");
      assertThat(vocabulary.tokens()).doesNotHaveDuplicates().contains("Ġthe");
      assertThat(vocabulary.kinds().subList(0, 3)).containsOnly(Vocabulary.TokenKind.CONTROL);
      assertThat(vocabulary.kinds().subList(3, 265)).containsOnly(Vocabulary.TokenKind.NORMAL);
      assertThat(vocabulary.merges()).startsWith("h e", "Ġ t");
      assertThat(vocabulary.bosToken()).hasValue(1);
      assertThat(vocabulary.eosToken()).hasValue(2);
      assertThat(vocabulary.endTokens()).containsExactlyInAnyOrder(0, 2);
      assertThat(vocabulary.addBos()).isFalse();
      assertThat(gguf.chatTemplate()).hasValueSatisfying(t -> assertThat(t).contains("messages"));
    }
  }

  @Test
  void everyNamedTokenThatEndsATurnEndsACompletion() {
    try (GgufFile gguf =
        open(
            TinyModel.standard(),
            g ->
                g.integer("tokenizer.ggml.eot_token_id", 7)
                    .integer("tokenizer.ggml.eom_token_id", 8))) {
      assertThat(gguf.vocabulary().endTokens()).containsExactlyInAnyOrder(0, 2, 7, 8);
    }
  }

  @Test
  void whatAFileLeavesOutHasTheFormatsDefault() {
    try (GgufFile gguf =
        open(
            TinyModel.standard().withShape(new TinyModel.Shape(1, 64, 4, 4, 16, 128)),
            g ->
                g.without("llama.attention.head_count_kv")
                    .without("llama.rope.freq_base")
                    .without("general.name")
                    .without("tokenizer.chat_template")
                    .without("tokenizer.ggml.bos_token_id")
                    .text("tokenizer.ggml.pre", "llama-bpe"))) {
      assertThat(gguf.config().numKvHeads()).isEqualTo(4);
      assertThat(gguf.config().ropeTheta()).isEqualTo(10000);
      assertThat(gguf.config().name()).isEqualTo("model.gguf");
      assertThat(gguf.chatTemplate()).isEmpty();
      assertThat(gguf.vocabulary().bosToken()).isEmpty();
      assertThat(gguf.vocabulary().addBos()).as("Llama 3's texts start with a token").isTrue();
    }
  }

  @Test
  void metadataThatNobodyAsksForIsPassedOver() {
    byte[] nested =
        GgufBuilder.join(
            GgufBuilder.int32(9),
            GgufBuilder.int64(1),
            GgufBuilder.int32(8),
            GgufBuilder.int64(1),
            GgufBuilder.string("inner"));
    try (GgufFile gguf =
        open(
            TinyModel.standard(),
            g -> {
              IntStream.of(0, 1, 7).forEach(type -> g.value("x." + type, type, (byte) 1));
              IntStream.of(2, 3).forEach(type -> g.value("x." + type, type, new byte[2]));
              IntStream.of(10, 11, 12).forEach(type -> g.value("x." + type, type, new byte[8]));
              return g.value("x.nested", 9, nested);
            })) {
      assertThat(gguf.tensors()).isNotEmpty();
    }
  }

  @Test
  void tensorsMayBeAlignedOtherwise() {
    for (int alignment : new int[] {8, 64, 4096}) {
      GgufBuilder written = TinyModel.standard().builder();
      try (GgufFile gguf = open(TinyModel.standard(), g -> g.aligned(alignment))) {
        TensorInfo last = gguf.tensors().getLast();
        assertThat(last.offset() % alignment).isZero();
        assertThat(floats(gguf, last)).isEqualTo(decoded(last.type(), written.data(last.name())));
      }
    }
  }

  @Test
  void rotaryScalingBecomesDivisors() {
    float[] divisors = {1, 1, 1.5f, 2, 4, 8, 8, 8};
    byte[] bytes = new byte[32];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(divisors);
    assertThat(divisors(g -> g.tensor("rope_freqs.weight", 0, bytes, 8)))
        .containsExactly(1f, 1f, 1.5f, 2f, 4f, 8f, 8f, 8f);
    assertThat(divisors(g -> linear(g, 4).tensor("rope_freqs.weight", 0, bytes, 8)))
        .containsExactly(4f, 4f, 6f, 8f, 16f, 32f, 32f, 32f);
    assertThat(divisors(g -> linear(g, 4))).isEqualTo(Collections.nCopies(8, 4f));
    assertThat(divisors(g -> g.decimal("llama.rope.scaling.factor", 2)))
        .isEqualTo(Collections.nCopies(8, 2f));
    assertThat(divisors(g -> linear(g, 1))).isEmpty();
    assertThat(divisors(g -> linear(g, 4).text("llama.rope.scaling.type", "none"))).isEmpty();
  }

  private static GgufBuilder linear(GgufBuilder gguf, float factor) {
    return gguf.text("llama.rope.scaling.type", "linear")
        .decimal("llama.rope.scaling.factor", factor);
  }

  private List<Float> divisors(UnaryOperator<GgufBuilder> change) {
    try (GgufFile gguf = open(TinyModel.standard(), change)) {
      return gguf.config().ropeFrequencyDivisors();
    }
  }

  @Test
  void threadsReadTheSameAtOnce() {
    GgufBuilder written = TinyModel.standard().builder();
    try (GgufFile gguf = open(TinyModel.standard(), UnaryOperator.identity())) {
      String sha256 = new FileDigest(gguf.path()).sha256();
      IntStream.range(0, 64)
          .parallel()
          .forEach(
              i -> {
                TensorInfo tensor = gguf.tensors().get(i % gguf.tensors().size());
                assertThat(floats(gguf, tensor))
                    .isEqualTo(decoded(tensor.type(), written.data(tensor.name())));
                assertThat(gguf.sha256()).isEqualTo(sha256);
              });
    }
  }

  @Test
  void aFileMayBeClosedTwice() {
    GgufFile gguf = open(TinyModel.standard(), UnaryOperator.identity());
    gguf.close();
    assertThatCode(gguf::close).doesNotThrowAnyException();
  }

  private GgufFile open(TinyModel model, UnaryOperator<GgufBuilder> change) {
    return GgufFile.open(model.write(folder.resolve("model.gguf"), change));
  }

  private static float[] floats(GgufFile gguf, TensorInfo tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    gguf.dequantize(tensor.name(), 0, values);
    return values;
  }

  /** A second, plain decoder of the types that tests write. */
  private static float[] decoded(TensorType type, byte[] bytes) {
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.length / type.blockBytes() * type.blockElements()];
    float scale = 0;
    for (int i = 0; i < floats.length; i++) {
      if (type == TensorType.Q8_0 && i % 32 == 0) {
        scale = Float.float16ToFloat(data.getShort());
      }
      floats[i] =
          switch (type) {
            case F32 -> data.getFloat();
            case F16 -> Float.float16ToFloat(data.getShort());
            case BF16 -> Float.intBitsToFloat(data.getShort() << 16);
            case Q8_0 -> scale * data.get();
            default -> throw new IllegalArgumentException(type.name());
          };
    }
    return floats;
  }
}
