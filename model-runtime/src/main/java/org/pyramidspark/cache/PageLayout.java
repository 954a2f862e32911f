package org.pyramidspark.cache;

import org.pyramidspark.config.KvType;

/**
 * Where keys and values of one KV head lie in a page of {@value #TOKENS} entries: first the keys,
 * transposed ({@code [dim][entry]}), so that a vector's lanes are entries and scores need no
 * horizontal sum; then the values, row by row ({@code [entry][dim]}).
 *
 * <p>bfloat16 elements lie in pairs within one int, so that one load and a shift or a mask give two
 * float vectors in natural order: keys pair entry t with t + {@value #KEY_PAIR} within 32 entries,
 * values pair dimension d with d + headSize / 2. The lower half of the int is the first of the
 * pair.
 *
 * @param headSize width of one head
 * @param type element type
 */
public record PageLayout(int headSize, KvType type) {
  /** Entries in one page. */
  public static final int TOKENS = 64;

  /** Distance of the two entries whose keys share an int. */
  public static final int KEY_PAIR = 16;

  /** Bytes of one page: keys and values of {@value #TOKENS} entries. */
  public int bytes() {
    return 2 * TOKENS * headSize * type.bytes();
  }

  /** Byte where the values begin. */
  public int valuesOffset() {
    return TOKENS * headSize * type.bytes();
  }

  /** Bytes from one dimension's keys to the next. */
  public int keyStride() {
    return TOKENS * type.bytes();
  }

  /** Bytes from one entry's values to the next. */
  public int valueStride() {
    return headSize * type.bytes();
  }

  /** Byte of one key element. */
  public int keyOffset(int entry, int dim) {
    return dim * keyStride()
        + switch (type) {
          case FLOAT32 -> 4 * entry;
          case BFLOAT16 -> pairOffset(entry % 32, KEY_PAIR) + entry / 32 * 64;
        };
  }

  /** Byte of one value element. */
  public int valueOffset(int entry, int dim) {
    return valuesOffset()
        + entry * valueStride()
        + switch (type) {
          case FLOAT32 -> 4 * dim;
          case BFLOAT16 -> pairOffset(dim, headSize / 2);
        };
  }

  private static int pairOffset(int index, int distance) {
    return index % distance * 4 + index / distance * 2;
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
