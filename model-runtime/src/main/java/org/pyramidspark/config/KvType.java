package org.pyramidspark.config;

/** Element type of the KV cache. */
public enum KvType {
  FLOAT32("float32", 4),
  BFLOAT16("bfloat16", 2);

  private final String label;
  private final int bytes;

  KvType(String label, int bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  /** The name used in options and reports. */
  public String label() {
    return label;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
