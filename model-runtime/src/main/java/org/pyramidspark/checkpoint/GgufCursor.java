package org.pyramidspark.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Reads a GGUF header from front to back. Every read is checked against the file's end, and every
 * count and length against what the rest of the file can hold and against a limit, before anything
 * is allocated by it.
 */
final class GgufCursor {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final MemorySegment file;
  private long at;

  GgufCursor(Path path, MemorySegment file) {
    this(path, file, 0);
  }

  private GgufCursor(Path path, MemorySegment file, long at) {
    this.path = path;
    this.file = file;
    this.at = at;
  }

  /** Another cursor at the same place, which moves on its own. */
  GgufCursor copy() {
    return new GgufCursor(path, file, at);
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
    long count = nextLong(what);
    long most = Math.min(Integer.MAX_VALUE, (file.byteSize() - at) / leastBytes);
    if (count < 0 || count > most) {
      throw damaged(
          "the number of %s is %s, and the rest of the file holds %d at most",
          what, Long.toUnsignedString(count), most);
    }
    return (int) count;
  }

  /**
   * A text in UTF-8 with its length before it.
   *
   * @param maxBytes the longest that is sensible here
   */
  String nextString(String what, int maxBytes) {
    int length = nextLength(what);
    if (length > maxBytes) {
      throw damaged("%s has %d bytes; %d is the limit", what, length, maxBytes);
    }
    byte[] bytes = new byte[length];
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, advance(length, what), bytes, 0, length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException broken) {
      throw damaged("%s is not text in UTF-8", what);
    }
  }

  /** Passes over a text without reading it; makes nothing, since there may be millions of them. */
  void skipString(String what) {
    advance(nextLength(what), what);
  }

  private int nextLength(String what) {
    long length = nextLong(what);
    if (length < 0 || length > Math.min(Integer.MAX_VALUE, file.byteSize() - at)) {
      throw damaged(
          "%s has %s bytes, and the rest of the file has %d",
          what, Long.toUnsignedString(length), file.byteSize() - at);
    }
    return (int) length;
  }

  void skip(long bytes, String what) {
    advance(bytes, what);
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
