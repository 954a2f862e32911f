package org.pyramidspark.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Header of a GGUF file, versions 2 and 3, little endian: metadata and the table of tensors, every
 * offset and size of which lies within the file.
 */
record GgufHeader(int version, GgufMetadata metadata, List<TensorInfo> tensors) {
  private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;

  /** By the format's definition. */
  private static final int MAX_KEY_BYTES = 65_535;

  /** Reads and checks the header of a mapped file. */
  static GgufHeader read(Path path, MemorySegment file) {
    GgufCursor cursor = new GgufCursor(path, file);
    checkMagic(path, file, cursor);
    int version = version(path, cursor);
    int numTensors = cursor.nextCount("tensors", GgufTensorTable.LEAST_ENTRY_BYTES);
    int numKeys = cursor.nextCount("metadata keys", 13);
    GgufMetadata metadata = new GgufMetadata(path, metadata(cursor, numKeys));
    GgufTensorTable table = new GgufTensorTable(path, cursor, file.byteSize());
    return new GgufHeader(version, metadata, table.read(numTensors, alignment(metadata)));
  }

  private static void checkMagic(Path path, MemorySegment file, GgufCursor cursor) {
    if (file.byteSize() < 4 || cursor.nextInt("the magic number") != MAGIC) {
      throw InvalidInputException.of(
          "File %s is not a GGUF file: it does not begin with 'GGUF'; name a model in GGUF format.",
          path);
    }
  }

  private static int version(Path path, GgufCursor cursor) {
    int version = cursor.nextInt("the version");
    if (version == 2 || version == 3) {
      return version;
    }
    int swapped = Integer.reverseBytes(version);
    boolean bigEndian = swapped == 2 || swapped == 3;
    throw InvalidInputException.of(
        "GGUF file %s has version %s; versions 2 and 3, little endian, can be read, so convert the"
            + " model again.",
        path, bigEndian ? swapped + ", big endian" : Integer.toUnsignedString(version));
  }

  private static Map<String, Object> metadata(GgufCursor cursor, int numKeys) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < numKeys; i++) {
      String key = cursor.nextString("metadata key " + i, MAX_KEY_BYTES);
      if (values.put(key, GgufValueReader.next(key, cursor)) != null) {
        throw cursor.damaged("metadata key %s stands twice", key);
      }
    }
    return values;
  }

  private static int alignment(GgufMetadata metadata) {
    int alignment = metadata.integer("general.alignment").orElse(32);
    if (Integer.bitCount(alignment) != 1) {
      throw GgufCursor.damaged(
          metadata.path(), "general.alignment is %d and must be a power of two", alignment);
    }
    return alignment;
  }
}
