package org.pyramidspark.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Reads a GGUF header from front to back. Every read is checked against the file's end, and every
 * count against what the rest of the file can hold, before anything is allocated by it.
 */
final class GgufCursor {
  private static final ValueLayout.OfShort SHORT = little(ValueLayout.JAVA_SHORT_UNALIGNED);
  private static final ValueLayout.OfInt INT = little(ValueLayout.JAVA_INT_UNALIGNED);
  private static final ValueLayout.OfLong LONG = little(ValueLayout.JAVA_LONG_UNALIGNED);

  private final Path path;
  private final MemorySegment file;
  private long at;

  GgufCursor(Path path, MemorySegment file) {
    this.path = path;
    this.file = file;
  }

  private static ValueLayout.OfShort little(ValueLayout.OfShort layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  private static ValueLayout.OfInt little(ValueLayout.OfInt layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  private static ValueLayout.OfLong little(ValueLayout.OfLong layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  long position() {
    return at;
  }

  byte nextByte(String what) {
    return file.get(ValueLayout.JAVA_BYTE, advance(1, what));
  }

  short nextShort(String what) {
    return file.get(SHORT, advance(2, what));
  }

  int nextInt(String what) {
    return file.get(INT, advance(4, what));
  }

  long nextLong(String what) {
    return file.get(LONG, advance(8, what));
  }

  /**
   * A number of things that follow.
   *
   * @param leastBytes the fewest bytes that each of them takes
   */
  int nextCount(String what, int leastBytes) {
    long count = nextLong("the number of " + what);
    long most = Math.min(Integer.MAX_VALUE, (file.byteSize() - at) / leastBytes);
    if (count < 0 || count > most) {
      throw damaged(
          "the number of %s is %s, and the rest of the file holds %d at most",
          what, Long.toUnsignedString(count), most);
    }
    return (int) count;
  }

  String nextString(String what) {
    int length = nextCount("bytes of " + what, 1);
    byte[] bytes = new byte[length];
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, advance(length, what), bytes, 0, length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private long advance(long bytes, String what) {
    if (file.byteSize() - at < bytes) {
      throw damaged("it ends within %s, at byte %d", what, file.byteSize());
    }
    long before = at;
    at += bytes;
    return before;
  }

  /** An error that names the file and the mend. */
  InvalidInputException damaged(String format, Object... arguments) {
    return damaged(path, format, arguments);
  }

  static InvalidInputException damaged(Path path, String format, Object... arguments) {
    return InvalidInputException.of(
        "GGUF file %s is damaged: %s; fetch or copy it again.",
        path, String.format(format, arguments));
  }
}
