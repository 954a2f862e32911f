package org.pyramidspark.cache;

import org.pyramidspark.config.KvType;

/**
 * Where keys and values of one KV head lie in a page of {@value #TOKENS} entries: first the keys,
 * transposed ({@code [dim][entry]}), so that a vector's lanes are entries and scores need no
 * horizontal sum; then the values, row by row ({@code [entry][dim]}).
 *
 * <p>bfloat16 elements lie in pairs within one int, neighbours of the sum that they take part in:
 * keys pair dimension d with d + 1, {@code [dim / 2][entry]}, values pair entry t with t + 1,
 * {@code [entry / 2][dim]}, the even one in the lower half. Processors that multiply bfloat16 take
 * their operands so; to others one load, a shift and a mask give two float vectors.
 *
 * <p>int8 elements lie in fours within one int in the same way: keys {@code [dim / 4][entry][4]},
 * values {@code [entry / 4][dim][4]}. They are multiples of their vector's scale ({@link Int8}):
 * one float32 for each key, after the values, then one for each value.
 *
 * @param headSize width of one head
 * @param type element type
 */
public record PageLayout(int headSize, KvType type) {
  /** Entries in one page. */
  public static final int TOKENS = 64;

  /** Bytes of one page: keys and values of {@value #TOKENS} entries. */
  public int bytes() {
    return 2 * TOKENS * (type.elementBytes(headSize) + type.scaleBytes());
  }

  /** Byte where the values begin. */
  public int valuesOffset() {
    return TOKENS * type.elementBytes(headSize);
  }

  /** Byte of one key element. */
  public int keyOffset(int entry, int dim) {
    return switch (type) {
      case FLOAT32 -> 4 * (dim * TOKENS + entry);
      case BFLOAT16 -> 4 * (dim / 2 * TOKENS + entry) + 2 * (dim % 2);
      case INT8 -> 4 * (dim / 4 * TOKENS + entry) + dim % 4;
    };
  }

  /** Byte of one value element. */
  public int valueOffset(int entry, int dim) {
    return valuesOffset()
        + switch (type) {
          case FLOAT32 -> 4 * (entry * headSize + dim);
          case BFLOAT16 -> 4 * (entry / 2 * headSize + dim) + 2 * (entry % 2);
          case INT8 -> 4 * (entry / 4 * headSize + dim) + entry % 4;
        };
  }

  /** Byte of a key's scale, of int8. */
  public int keyScaleOffset(int entry) {
    return 2 * valuesOffset() + Float.BYTES * entry;
  }

  /** Byte of a value's scale, of int8. */
  public int valueScaleOffset(int entry) {
    return keyScaleOffset(TOKENS + entry);
  }

  /** The key element of one entry in the page at an address. */
  public float key(long page, int entry, int dim) {
    return read(page + keyOffset(entry, dim), page + keyScaleOffset(entry));
  }

  /** The value element of one entry in the page at an address. */
  public float value(long page, int entry, int dim) {
    return read(page + valueOffset(entry, dim), page + valueScaleOffset(entry));
  }

  /** Stores a key, {@code [headSize]}, rounded to the layout's type. */
  public void putKey(long page, int entry, float[] key) {
    float scale = putScale(page + keyScaleOffset(entry), key);
    for (int dim = 0; dim < headSize; dim++) {
      write(page + keyOffset(entry, dim), key[dim], scale);
    }
  }

  /**
   * Stores a value, {@code [headSize]}, rounded to the layout's type. The first of four entries
   * that share ints of bytes makes the others 0.
   */
  public void putValue(long page, int entry, float[] value) {
    float scale = putScale(page + valueScaleOffset(entry), value);
    for (int dim = 0; dim < headSize; dim++) {
      if (type == KvType.INT8 && entry % 4 == 0) {
        NativeMemory.ALL.set(NativeMemory.INT, page + valueOffset(entry, dim), 0);
      }
      write(page + valueOffset(entry, dim), value[dim], scale);
    }
  }

  /** Stores a vector's scale where the type has one; of other types nothing asks for it. */
  private float putScale(long address, float[] vector) {
    if (type != KvType.INT8) {
      return 1;
    }
    float scale = Int8.scale(vector, headSize);
    NativeMemory.putFloat(address, scale);
    return scale;
  }

  /** Makes the values of an entry 0. */
  public void clearValue(long page, int entry) {
    for (int dim = 0; dim < headSize; dim++) {
      write(page + valueOffset(entry, dim), 0, 0);
    }
    if (type == KvType.INT8) {
      NativeMemory.putFloat(page + valueScaleOffset(entry), 0);
    }
  }

  /**
   * Makes the partner of an odd number's last entry 0: products of pairs take both, and what was
   * never stored need not be a number.
   *
   * @param entries how many of the page are filled
   */
  public void clearPartner(long page, int entries) {
    if (entries % 2 == 1) {
      clearValue(page, entries);
    }
  }

  /** Copies keys and values of one entry, bit for bit. */
  void copyEntry(long sourcePage, int source, long targetPage, int target) {
    for (int dim = 0; dim < headSize; dim++) {
      copy(sourcePage + keyOffset(source, dim), targetPage + keyOffset(target, dim));
      copy(sourcePage + valueOffset(source, dim), targetPage + valueOffset(target, dim));
    }
    if (type == KvType.INT8) {
      copyInt(sourcePage + keyScaleOffset(source), targetPage + keyScaleOffset(target));
      copyInt(sourcePage + valueScaleOffset(source), targetPage + valueScaleOffset(target));
    }
  }

  private void copy(long source, long target) {
    switch (type) {
      case FLOAT32 -> copyInt(source, target);
      case BFLOAT16 ->
          NativeMemory.ALL.set(
              NativeMemory.SHORT, target, NativeMemory.ALL.get(NativeMemory.SHORT, source));
      case INT8 ->
          NativeMemory.ALL.set(
              NativeMemory.BYTE, target, NativeMemory.ALL.get(NativeMemory.BYTE, source));
    }
  }

  private static void copyInt(long source, long target) {
    NativeMemory.ALL.set(NativeMemory.INT, target, NativeMemory.ALL.get(NativeMemory.INT, source));
  }

  /** The element at an address; its scale's address counts for int8 only. */
  private float read(long address, long scale) {
    return switch (type) {
      case FLOAT32 -> NativeMemory.floatAt(address);
      case BFLOAT16 -> NativeMemory.bfloat16At(address);
      case INT8 ->
          Int8.toFloat(
              NativeMemory.ALL.get(NativeMemory.BYTE, address), NativeMemory.floatAt(scale));
    };
  }

  /** Stores an element, whose scale counts for int8 only. */
  private void write(long address, float element, float scale) {
    switch (type) {
      case FLOAT32 -> NativeMemory.putFloat(address, element);
      case BFLOAT16 -> NativeMemory.putBfloat16(address, element);
      case INT8 -> NativeMemory.ALL.set(NativeMemory.BYTE, address, Int8.fromFloat(element, scale));
    }
  }

  /** Pages that hold so many entries. */
  public static int pages(int entries) {
    return (entries + TOKENS - 1) / TOKENS;
  }
}
