package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.errors.InvalidInputException;

/**
 * A damaged file opens and can be read, or is refused: never another error, never much memory,
 * whatever a count in it says.
 */
class GgufDamageTest {
  private static final List<Long> EXTREMES =
      List.of(
          0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31, (1L << 31) - 1, 1L << 32, 1L << 61);

  @TempDir Path folder;
  private Path file;
  private byte[] whole;
  private int headerBytes;

  @BeforeEach
  void writeASoundFile() {
    file = folder.resolve("damaged.gguf");
    TinyModel model = TinyModel.standard().withShape(new TinyModel.Shape(1, 32, 2, 1, 16, 32));
    whole = model.builder().bytes();
    try (GgufFile sound = GgufFile.open(model.write(folder.resolve("sound.gguf")))) {
      headerBytes = (int) sound.tensors().getFirst().offset();
    }
  }

  @Test
  void aTruncatedFileIsRefusedWhereverItEnds() throws IOException {
    int dataStep = (whole.length - headerBytes) / 200;
    for (int length = 0; length < whole.length; length += length < headerBytes ? 1 : dataStep) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GgufFile.open(file).close())
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void anyChangedByteIsHarmless() throws IOException {
    Random random = new Random(5);
    for (int at = 0; at < headerBytes; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      if (at % 2 == 0) {
        damaged[at] = (byte) random.nextInt(256);
      }
      assertHarmless(damaged, at);
    }
  }

  @Test
  void anyChangedNumberIsHarmless() throws IOException {
    for (int at = 4; at < headerBytes - 8; at++) {
      byte[] damaged = whole.clone();
      ByteBuffer numbers = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
      numbers.putLong(at, EXTREMES.get(at % EXTREMES.size()));
      assertHarmless(damaged, at);
    }
  }

  private void assertHarmless(byte[] damaged, int at) throws IOException {
    Files.write(file, damaged);
    try (GgufFile gguf = GgufFile.open(file)) {
      for (TensorInfo tensor : gguf.tensors()) {
        gguf.dequantize(tensor.name(), 0, new float[Math.toIntExact(tensor.elements())]);
      }
    } catch (InvalidInputException refused) {
      assertThat(refused).as("byte %d", at).hasMessageContaining(file.toString());
    }
  }

  /** Beginnings of files that are zeros from there on, as an interrupted download leaves them. */
  static Stream<Arguments> beginnings() {
    return Stream.of(
        Arguments.of("tensors", header(Integer.MAX_VALUE / 100, 0)),
        Arguments.of("keys", header(0, Integer.MAX_VALUE / 100)),
        Arguments.of("key", header(0, 1, GgufBuilder.int64(1 << 29))),
        Arguments.of("text", header(0, 1, key(8), GgufBuilder.int64(1 << 29))),
        Arguments.of("bytes", header(0, 1, key(9), array(0, 1 << 29))),
        Arguments.of("numbers", header(0, 1, key(9), array(5, 1 << 27))),
        Arguments.of("texts", header(0, 1, key(9), array(8, 1 << 20))),
        Arguments.of("arrays", header(0, 1, key(9), array(9, 1 << 20))));
  }

  private static byte[] header(int tensors, int keys, byte[]... parts) {
    return GgufBuilder.join(
        "GGUF".getBytes(StandardCharsets.US_ASCII),
        GgufBuilder.int32(3),
        GgufBuilder.int64(tensors),
        GgufBuilder.int64(keys),
        GgufBuilder.join(parts));
  }

  private static byte[] key(int type) {
    return GgufBuilder.join(GgufBuilder.string("tokenizer.ggml.tokens"), GgufBuilder.int32(type));
  }

  private static byte[] array(int type, int count) {
    return GgufBuilder.join(GgufBuilder.int32(type), GgufBuilder.int64(count));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("beginnings")
  void nothingIsAllocatedByACountThatNothingFollows(String what, byte[] beginning)
      throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(beginning);
      sparse.setLength(1L << 30);
    }
    var memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = memory.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> GgufFile.open(file).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString());
    // Classes, messages and one text at most take far less than the counts ask for.
    assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
  }
}
