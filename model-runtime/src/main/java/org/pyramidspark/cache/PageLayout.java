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
 * @param headSize width of one head
 * @param type element type
 */
public record PageLayout(int headSize, KvType type) {
  /** Entries in one page. */
  public static final int TOKENS = 64;

  /** Bytes of one page: keys and values of {@value #TOKENS} entries. */
  public int bytes() {
    return 2 * TOKENS * headSize * type.bytes();
  }

  /** Byte where the values begin. */
  public int valuesOffset() {
    return TOKENS * headSize * type.bytes();
  }

  /** Byte of one key element. */
  public int keyOffset(int entry, int dim) {
    return switch (type) {
      case FLOAT32 -> 4 * (dim * TOKENS + entry);
      case BFLOAT16 -> 4 * (dim / 2 * TOKENS + entry) + 2 * (dim % 2);
    };
  }

  /** Byte of one value element. */
  public int valueOffset(int entry, int dim) {
    return valuesOffset()
        + switch (type) {
          case FLOAT32 -> 4 * (entry * headSize + dim);
          case BFLOAT16 -> 4 * (entry / 2 * headSize + dim) + 2 * (entry % 2);
        };
  }

  /** The key element of one entry in the page at an address. */
  public float key(long page, int entry, int dim) {
    return read(page + keyOffset(entry, dim));
  }

  /** The value element of one entry in the page at an address. */
  public float value(long page, int entry, int dim) {
    return read(page + valueOffset(entry, dim));
  }

  /** Stores a key element, rounded to the layout's type. */
  public void putKey(long page, int entry, int dim, float element) {
    write(page + keyOffset(entry, dim), element);
  }

  /** Stores a value element, rounded to the layout's type. */
  public void putValue(long page, int entry, int dim, float element) {
    write(page + valueOffset(entry, dim), element);
  }

  /** Makes the values of an entry 0. */
  public void clearValue(long page, int entry) {
    for (int dim = 0; dim < headSize; dim++) {
      putValue(page, entry, dim, 0);
    }
  }

  /** Copies keys and values of one entry, bit for bit. */
  void copyEntry(long sourcePage, int source, long targetPage, int target) {
    for (int dim = 0; dim < headSize; dim++) {
      copy(sourcePage + keyOffset(source, dim), targetPage + keyOffset(target, dim));
      copy(sourcePage + valueOffset(source, dim), targetPage + valueOffset(target, dim));
    }
  }

  private void copy(long source, long target) {
    switch (type) {
      case FLOAT32 -> NativeMemory.putFloat(target, NativeMemory.floatAt(source));
      case BFLOAT16 ->
          NativeMemory.ALL.set(
              NativeMemory.SHORT, target, NativeMemory.ALL.get(NativeMemory.SHORT, source));
    }
  }

  private float read(long address) {
    return switch (type) {
      case FLOAT32 -> NativeMemory.floatAt(address);
      case BFLOAT16 -> NativeMemory.bfloat16At(address);
    };
  }

  private void write(long address, float element) {
    switch (type) {
      case FLOAT32 -> NativeMemory.putFloat(address, element);
      case BFLOAT16 -> NativeMemory.putBfloat16(address, element);
    }
  }

  /** Pages that hold so many entries. */
  public static int pages(int entries) {
    return (entries + TOKENS - 1) / TOKENS;
  }
}
