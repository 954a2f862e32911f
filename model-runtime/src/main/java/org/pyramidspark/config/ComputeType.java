package org.pyramidspark.config;

/**
 * Element type of weights and MatMul inputs. The residual stream, norms and softmax stay float32 in
 * either.
 */
public enum ComputeType {
  FLOAT32("float32", 4),
  BFLOAT16("bfloat16", 2);

  private final String label;
  private final int bytes;

  ComputeType(String label, int bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  /** The name used in options and reports. */
  public String label() {
    return label;
  }

  /** The KV type that keeps keys and values as they are computed. */
  public KvType kvType() {
    return this == BFLOAT16 ? KvType.BFLOAT16 : KvType.FLOAT32;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
