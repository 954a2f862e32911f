package org.pyramidspark.checkpoint;

import java.util.List;

/** Types of metadata values, in the order of their numbers in a GGUF file. */
enum GgufValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  /** All types; the place is the number. */
  static final List<GgufValueType> BY_NUMBER = List.of(values());

  private final int leastBytes;

  GgufValueType(int leastBytes) {
    this.leastBytes = leastBytes;
  }

  /** Bytes of a value; of a text or an array, those that an empty one takes. */
  int leastBytes() {
    return leastBytes;
  }

  boolean isOfFixedSize() {
    return this != STRING && this != ARRAY;
  }
}
