package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;

/** In which order the elements of a weight of {@code in} inputs and {@code out} outputs lie. */
public enum WeightLayout {
  /** {@code [out, in]}, as checkpoints have it; TensorFlow calls it transposed. */
  OUT_IN,

  /** {@code [in, out]}. */
  IN_OUT,

  /**
   * {@code [out / 16, in, 16]}, so that a product reads memory in one stream and finds 16 outputs
   * side by side; the last panel is filled up with zeros. Inputs of bfloat16 lie in pairs, {@code
   * [out / 16, in / 2, 16, 2]}, so there are an even number of them.
   */
  PANELS;

  /** Outputs of a panel. */
  public static final int PANEL = 16;

  /** Outputs that there is room for, where a weight has so many. */
  public int room(int outs) {
    return this == PANELS ? Math.ceilDiv(outs, PANEL) * PANEL : outs;
  }

  /** Index of an element, of {@code ins} inputs and {@code outs} outputs. */
  public long index(ComputeType type, int ins, int outs, int in, int out) {
    return switch (this) {
      case OUT_IN -> (long) out * ins + in;
      case IN_OUT -> (long) in * outs + out;
      case PANELS ->
          (long) (out / PANEL) * PANEL * ins
              + switch (type) {
                case FLOAT32 -> in * PANEL + out % PANEL;
                case BFLOAT16 -> (in / 2 * PANEL + out % PANEL) * 2 + in % 2;
              };
    };
  }
}
