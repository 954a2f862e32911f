package org.pyramidspark.config;

/** Element type of the KV cache. */
public enum KvType {
  FLOAT32("float32"),
  BFLOAT16("bfloat16"),

  /** Bytes times a scale, which is a float32 of each token's key and value in each KV head. */
  INT8("int8");

  private final String label;

  KvType(String label) {
    this.label = label;
  }

  /** The name used in options and reports. */
  public String label() {
    return label;
  }

  /** Bytes of one key's or value's elements in one KV head; those of int8 fill whole ints. */
  public int elementBytes(int headSize) {
    return switch (this) {
      case FLOAT32 -> 4 * headSize;
      case BFLOAT16 -> 2 * headSize;
      case INT8 -> 4 * Math.ceilDiv(headSize, 4);
    };
  }

  /** Bytes of one key's or value's scale in one KV head. */
  public int scaleBytes() {
    return this == INT8 ? Float.BYTES : 0;
  }
}
