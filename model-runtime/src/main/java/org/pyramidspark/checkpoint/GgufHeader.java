package org.pyramidspark.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Header of a GGUF file, versions 2 and 3, little endian: metadata and the table of tensors, every
 * offset and size of which lies within the file.
 */
record GgufHeader(int version, GgufMetadata metadata, List<TensorInfo> tensors) {
  private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_ARRAY_DEPTH = 4;

  /** Reads and checks the header of a mapped file. */
  static GgufHeader read(Path path, MemorySegment file) {
    return new Reader(path, file).read();
  }

  private static final class Reader {
    private final Path path;
    private final long fileBytes;
    private final GgufCursor cursor;

    Reader(Path path, MemorySegment file) {
      this.path = path;
      this.fileBytes = file.byteSize();
      this.cursor = new GgufCursor(path, file);
    }

    GgufHeader read() {
      int version = version();
      int numTensors = cursor.nextCount("tensors", 24);
      int numKeys = cursor.nextCount("metadata keys", 13);
      GgufMetadata metadata = new GgufMetadata(path, metadata(numKeys));
      List<TensorInfo> relative = tensorTable(numTensors);
      long data = align(cursor.position(), alignment(metadata));
      List<TensorInfo> tensors = relative.stream().map(tensor -> place(tensor, data)).toList();
      checkOverlaps(tensors);
      return new GgufHeader(version, metadata, tensors);
    }

    private int version() {
      if (fileBytes < 4 || cursor.nextInt("the magic number") != MAGIC) {
        throw InvalidInputException.of(
            "File %s is not a GGUF file: it does not begin with 'GGUF'; name a model in GGUF format.",
            path);
      }
      int version = cursor.nextInt("the version");
      if (version != 2 && version != 3) {
        throw InvalidInputException.of(
            "GGUF file %s has version %d; versions 2 and 3 (little endian) can be read, so convert"
                + " the model again.",
            path, version);
      }
      return version;
    }

    private Map<String, Object> metadata(int numKeys) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (int i = 0; i < numKeys; i++) {
        String key = cursor.nextString("metadata key " + i);
        int type = cursor.nextInt("the type of metadata key " + key);
        if (values.put(key, value(key, type, 0)) != null) {
          throw cursor.damaged("metadata key %s stands twice", key);
        }
      }
      return values;
    }

    private Object value(String key, int type, int depth) {
      return switch (type) {
        case 0 -> (long) (cursor.nextByte(key) & 0xff);
        case 1 -> (long) cursor.nextByte(key);
        case 2 -> (long) (cursor.nextShort(key) & 0xffff);
        case 3 -> (long) cursor.nextShort(key);
        case 4 -> Integer.toUnsignedLong(cursor.nextInt(key));
        case 5 -> (long) cursor.nextInt(key);
        case 6 -> (double) Float.intBitsToFloat(cursor.nextInt(key));
        case 7 -> cursor.nextByte(key) != 0;
        case 8 -> cursor.nextString(key);
        case 9 -> array(key, depth);
        case 10, 11 -> cursor.nextLong(key);
        case 12 -> Double.longBitsToDouble(cursor.nextLong(key));
        default -> throw cursor.damaged("metadata key %s has the unknown type %d", key, type);
      };
    }

    private List<Object> array(String key, int depth) {
      if (depth == MAX_ARRAY_DEPTH) {
        throw cursor.damaged("metadata key %s nests more than %d arrays", key, depth);
      }
      int type = cursor.nextInt("the element type of " + key);
      int count = cursor.nextCount("elements of " + key, 1);
      List<Object> elements = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        elements.add(value(key, type, depth + 1));
      }
      return elements;
    }

    private long alignment(GgufMetadata metadata) {
      int alignment = metadata.integer("general.alignment").orElse(32);
      if (alignment < 1 || Integer.bitCount(alignment) != 1) {
        throw cursor.damaged("general.alignment is %d and must be a power of two", alignment);
      }
      return alignment;
    }

    private static long align(long position, long alignment) {
      return (position + alignment - 1) / alignment * alignment;
    }

    /** The table as the file has it: offsets count from the start of the data. */
    private List<TensorInfo> tensorTable(int numTensors) {
      List<TensorInfo> tensors = new ArrayList<>();
      Set<String> names = new HashSet<>();
      for (int i = 0; i < numTensors; i++) {
        String name = cursor.nextString("the name of tensor " + i);
        if (!names.add(name)) {
          throw cursor.damaged("tensor %s stands twice", name);
        }
        List<Long> shape = shape(name);
        TensorType type = type(name, cursor.nextInt("the type of tensor " + name));
        long offset = cursor.nextLong("the offset of tensor " + name);
        tensors.add(new TensorInfo(name, type, shape, offset, bytes(name, type, shape)));
      }
      return tensors;
    }

    /** Outermost first; the file has the innermost first. */
    private List<Long> shape(String name) {
      int dimensions = cursor.nextInt("the dimensions of tensor " + name);
      if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
        throw cursor.damaged(
            "tensor %s has %d dimensions; 1 to %d are allowed", name, dimensions, MAX_DIMENSIONS);
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
                      "Tensor %s of GGUF file %s has type number %d, which cannot be read; use a file"
                          + " quantised as one of %s.",
                      name,
                      path,
                      code,
                      Arrays.stream(TensorType.values())
                          .map(Enum::name)
                          .collect(Collectors.joining(", "))));
    }

    private long bytes(String name, TensorType type, List<Long> shape) {
      if (shape.stream().anyMatch(size -> size < 1)) {
        throw cursor.damaged("tensor %s has the shape %s", name, shape);
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
        throw cursor.damaged("tensor %s has the shape %s", name, shape);
      }
    }

    private TensorInfo place(TensorInfo tensor, long data) {
      long room = fileBytes - data;
      if (tensor.offset() < 0
          || tensor.offset() > room
          || tensor.bytes() > room - tensor.offset()) {
        throw cursor.damaged(
            "tensor %s needs %d bytes from byte %s of the data on, and the data has %d",
            tensor.name(),
            tensor.bytes(),
            Long.toUnsignedString(tensor.offset()),
            Math.max(0, room));
      }
      return new TensorInfo(
          tensor.name(), tensor.type(), tensor.shape(), data + tensor.offset(), tensor.bytes());
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
}
