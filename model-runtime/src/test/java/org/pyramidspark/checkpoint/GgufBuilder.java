package org.pyramidspark.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes GGUF files for tests, sound ones and, by changing what was added, unsound ones. */
final class GgufBuilder {
  private final int version;
  private int alignment = 32;
  private final Map<String, byte[]> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private record Tensor(int type, int[] shape, byte[] data) {}

  GgufBuilder(int version) {
    this.version = version;
  }

  GgufBuilder text(String key, String value) {
    metadata.put(key, join(int32(8), string(value)));
    return this;
  }

  GgufBuilder integer(String key, int value) {
    metadata.put(key, join(int32(4), int32(value)));
    return this;
  }

  GgufBuilder decimal(String key, float value) {
    metadata.put(key, join(int32(6), int32(Float.floatToRawIntBits(value))));
    return this;
  }

  GgufBuilder texts(String key, List<String> values) {
    List<byte[]> parts = new ArrayList<>(List.of(int32(9), int32(8), int64(values.size())));
    values.forEach(value -> parts.add(string(value)));
    metadata.put(key, join(parts.toArray(byte[][]::new)));
    return this;
  }

  GgufBuilder integers(String key, int[] values) {
    List<byte[]> parts = new ArrayList<>(List.of(int32(9), int32(5), int64(values.length)));
    for (int value : values) {
      parts.add(int32(value));
    }
    metadata.put(key, join(parts.toArray(byte[][]::new)));
    return this;
  }

  /**
   * A value of any type.
   *
   * @param type its number
   * @param value its bytes
   */
  GgufBuilder value(String key, int type, byte... value) {
    metadata.put(key, join(int32(type), value));
    return this;
  }

  /** Aligns the tensors, and says so. */
  GgufBuilder aligned(int bytes) {
    alignment = bytes;
    return integer("general.alignment", bytes);
  }

  GgufBuilder without(String key) {
    metadata.remove(key);
    tensors.remove(key);
    return this;
  }

  GgufBuilder tensor(String name, TensorType type, Random random, int... shape) {
    int elements = 1;
    for (int size : shape) {
      elements *= size;
    }
    return tensor(name, type.code(), TinyModel.randomTensor(type, random, elements), shape);
  }

  /**
   * @param shape outermost first
   */
  GgufBuilder tensor(String name, int type, byte[] data, int... shape) {
    tensors.put(name, new Tensor(type, shape, data));
    return this;
  }

  /** The bytes of a tensor that was added. */
  byte[] data(String tensor) {
    return tensors.get(tensor).data;
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(int32(version));
    out.writeBytes(int64(tensors.size()));
    out.writeBytes(int64(metadata.size()));
    metadata.forEach((key, value) -> out.writeBytes(join(string(key), value)));
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      out.writeBytes(join(string(entry.getKey()), int32(tensor.shape.length)));
      for (int i = tensor.shape.length - 1; i >= 0; i--) {
        out.writeBytes(int64(tensor.shape[i]));
      }
      out.writeBytes(join(int32(tensor.type), int64(offset)));
      offset += align(tensor.data.length);
    }
    pad(out);
    for (Tensor tensor : tensors.values()) {
      out.writeBytes(tensor.data);
      pad(out);
    }
    return out.toByteArray();
  }

  private void pad(ByteArrayOutputStream out) {
    out.writeBytes(new byte[(int) (align(out.size()) - out.size())]);
  }

  private long align(long bytes) {
    return Math.ceilDiv(bytes, alignment) * alignment;
  }

  static byte[] string(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return join(int64(bytes.length), bytes);
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
