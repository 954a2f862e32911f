package org.pyramidspark.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Reads the table of tensors of a GGUF file and checks it: known types, whole blocks, distinct
 * names, and places within the file that do not overlap.
 */
final class GgufTensorTable {
  /** An empty name's length, one dimension, type and offset. */
  static final int LEAST_ENTRY_BYTES = 8 + 4 + 8 + 4 + 8;

  private static final int MAX_DIMENSIONS = 4;

  /** The format's definition says 64; a longer name does no harm. */
  private static final int MAX_NAME_BYTES = 1024;

  private final Path path;
  private final GgufCursor cursor;
  private final long fileBytes;

  GgufTensorTable(Path path, GgufCursor cursor, long fileBytes) {
    this.path = path;
    this.cursor = cursor;
    this.fileBytes = fileBytes;
  }

  /**
   * Reads the table at the cursor.
   *
   * @param alignment of the data's start and of every tensor in it, bytes
   * @return the tensors with their offsets from the start of the file
   */
  List<TensorInfo> read(int numTensors, int alignment) {
    List<TensorInfo> entries = entries(numTensors);
    long data = Math.ceilDiv(cursor.position(), alignment) * alignment;
    List<TensorInfo> tensors =
        entries.stream().map(entry -> placed(entry, data, alignment)).toList();
    checkOverlaps(tensors);
    return tensors;
  }

  /** The table as the file has it: offsets count from the start of the data. */
  private List<TensorInfo> entries(int numTensors) {
    List<TensorInfo> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < numTensors; i++) {
      String name = cursor.nextString("the name of tensor " + i, MAX_NAME_BYTES);
      if (!names.add(name)) {
        throw cursor.damaged("tensor %s stands twice", name);
      }
      List<Long> shape = shape(name);
      TensorType type = type(name, cursor.nextInt("the type of tensor " + name));
      long offset = cursor.nextLong("the offset of tensor " + name);
      entries.add(new TensorInfo(name, type, shape, offset, bytes(name, type, shape)));
    }
    return entries;
  }

  /** Outermost first; the file has the innermost first. */
  private List<Long> shape(String name) {
    int dimensions = cursor.nextInt("the dimensions of tensor " + name);
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw cursor.damaged(
          "tensor %s has %s dimensions; 1 to %d are allowed",
          name, Integer.toUnsignedString(dimensions), MAX_DIMENSIONS);
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      shape.addFirst(cursor.nextLong("the shape of tensor " + name));
    }
    return shape;
  }

  private TensorType type(String name, int code) {
    return Arrays.stream(TensorType.values())
        .filter(type -> type.code() == code)
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "Tensor %s of GGUF file %s has type number %s, which cannot be read; use a file"
                        + " quantised as one of %s.",
                    name,
                    path,
                    Integer.toUnsignedString(code),
                    Arrays.stream(TensorType.values())
                        .map(Enum::name)
                        .collect(Collectors.joining(", "))));
  }

  private long bytes(String name, TensorType type, List<Long> shape) {
    if (shape.stream().anyMatch(size -> size < 1)) {
      throw cursor.damaged(
          "tensor %s has the shape %s, in which every size must be at least 1", name, shape);
    }
    if (shape.getLast() % type.blockElements() != 0) {
      throw cursor.damaged(
          "tensor %s of type %s has rows of %d elements, not a multiple of %d",
          name, type, shape.getLast(), type.blockElements());
    }
    try {
      long elements = shape.stream().reduce(1L, Math::multiplyExact);
      return Math.multiplyExact(elements / type.blockElements(), type.blockBytes());
    } catch (ArithmeticException overflow) {
      throw cursor.damaged(
          "tensor %s has the shape %s, which no file is large enough for", name, shape);
    }
  }

  private TensorInfo placed(TensorInfo entry, long data, int alignment) {
    long offset = entry.offset();
    if (offset % alignment != 0) {
      throw cursor.damaged(
          "tensor %s starts at byte %s of the data, not at a multiple of the alignment %d",
          entry.name(), Long.toUnsignedString(offset), alignment);
    }
    long room = fileBytes - data;
    if (offset < 0 || offset > room || entry.bytes() > room - offset) {
      throw cursor.damaged(
          "tensor %s needs %d bytes from byte %s of the data on, and the data has %d",
          entry.name(), entry.bytes(), Long.toUnsignedString(offset), Math.max(0, room));
    }
    return new TensorInfo(entry.name(), entry.type(), entry.shape(), data + offset, entry.bytes());
  }

  private void checkOverlaps(List<TensorInfo> tensors) {
    List<TensorInfo> byOffset = new ArrayList<>(tensors);
    byOffset.sort(Comparator.comparingLong(TensorInfo::offset));
    for (int i = 1; i < byOffset.size(); i++) {
      TensorInfo before = byOffset.get(i - 1);
      if (byOffset.get(i).offset() < before.offset() + before.bytes()) {
        throw cursor.damaged("tensors %s and %s overlap", before.name(), byOffset.get(i).name());
      }
    }
  }
}
