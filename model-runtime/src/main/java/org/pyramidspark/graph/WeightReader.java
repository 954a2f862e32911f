package org.pyramidspark.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.RotaryLayout;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.WeightLayout;

/**
 * Reads weights out of a checkpoint into the memory of tensors: dequantises, brings rotated rows
 * into half-split order, joins, transposes and rounds. Thread-safe.
 *
 * <p>Every command waits for this, in a JVM that is not warm: all loops run over arrays, which code
 * that is not optimised yet reads several times as fast as memory segments, and the memory of the
 * tensor is written in runs.
 */
final class WeightReader {
  /** Outputs that are read before they are written: those of a panel. */
  private static final int STRIP = WeightLayout.PANEL;

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private final Checkpoint checkpoint;

  WeightReader(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** Reads a vector of float32. */
  void readVector(String tensor, MemorySegment target) {
    float[] values = new float[Math.toIntExact(target.byteSize() / Float.BYTES)];
    checkpoint.dequantize(tensor, 0, values);
    MemorySegment.copy(values, 0, target, FLOAT, 0, values.length);
  }

  /** Reads a matrix as {@code weight} says, in elements of {@code type}. */
  void readMatrix(Weight weight, ComputeType type, MemorySegment target) {
    float[][] rows = new float[STRIP][weight.in()];
    int firstOut = 0;
    int strip = 0;
    for (Weight.Part part : weight.parts()) {
      for (int out = 0; out < part.out(); out++) {
        long first = (long) sourceRow(part, out) * weight.in();
        checkpoint.dequantize(part.tensor(), first, rows[strip++]);
        if (strip == STRIP) {
          write(weight, type, firstOut, rows, target);
          firstOut += STRIP;
          strip = 0;
        }
      }
    }
    if (strip > 0) {
      write(weight, type, firstOut, Arrays.copyOf(rows, strip), target);
    }
  }

  /** Writes the rows of some outputs. */
  private static void write(
      Weight weight, ComputeType type, int firstOut, float[][] rows, MemorySegment target) {
    int in = weight.in();
    switch (weight.layout()) {
      case OUT_IN -> {
        for (int row = 0; row < rows.length; row++) {
          write(rows[row], type, target, (long) (firstOut + row) * in);
        }
      }
      case IN_OUT -> {
        float[] run = new float[rows.length];
        for (int i = 0; i < in; i++) {
          for (int row = 0; row < rows.length; row++) {
            run[row] = rows[row][i];
          }
          write(run, type, target, (long) i * weight.out() + firstOut);
        }
      }
      case PANELS -> {
        switch (type) {
          case FLOAT32 -> write(panel(rows, in), type, target, (long) firstOut * in);
          case BFLOAT16 -> writePairs(panelOfPairs(rows, in), target, (long) firstOut * in);
        }
      }
    }
  }

  /** Writes elements side by side from the one of an index on. */
  private static void write(float[] run, ComputeType type, MemorySegment target, long first) {
    switch (type) {
      case FLOAT32 -> MemorySegment.copy(run, 0, target, FLOAT, first * Float.BYTES, run.length);
      case BFLOAT16 -> {
        short[] rounded = new short[run.length];
        for (int i = 0; i < run.length; i++) {
          rounded[i] = BFloat16.fromFloat(run[i]);
        }
        MemorySegment.copy(rounded, 0, target, SHORT, first * Short.BYTES, run.length);
      }
    }
  }

  private static void writePairs(int[] pairs, MemorySegment target, long first) {
    MemorySegment.copy(pairs, 0, target, INT, first * Short.BYTES, pairs.length);
  }

  /** {@code [in, PANEL]}; outputs that the weight does not have are 0. */
  private static float[] panel(float[][] rows, int in) {
    float[] panel = new float[in * WeightLayout.PANEL];
    for (int row = 0; row < rows.length; row++) {
      float[] values = rows[row];
      for (int i = 0; i < in; i++) {
        panel[i * WeightLayout.PANEL + row] = values[i];
      }
    }
    return panel;
  }

  /** {@code [in / 2, PANEL]}; outputs that the weight does not have are 0. */
  private static int[] panelOfPairs(float[][] rows, int in) {
    int[] panel = new int[in / 2 * WeightLayout.PANEL];
    for (int row = 0; row < rows.length; row++) {
      float[] values = rows[row];
      for (int i = 0; i < in / 2; i++) {
        panel[i * WeightLayout.PANEL + row] = BFloat16.pair(values[2 * i], values[2 * i + 1]);
      }
    }
    return panel;
  }

  /** The checkpoint's row for a row in half-split order. */
  private int sourceRow(Weight.Part part, int out) {
    if (part.rotatedHeads() == 0 || checkpoint.rotaryLayout() == RotaryLayout.HALF_SPLIT) {
      return out;
    }
    int headSize = part.out() / part.rotatedHeads();
    int head = out / headSize;
    int dim = out % headSize;
    int pairs = headSize / 2;
    return head * headSize + (dim < pairs ? 2 * dim : 2 * (dim - pairs) + 1);
  }
}
