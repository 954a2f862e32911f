package org.pyramidspark.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.RotaryLayout;
import org.pyramidspark.config.ComputeType;

/**
 * Reads weights out of a checkpoint into the memory of tensors: dequantises, brings rotated rows
 * into half-split order, joins, transposes and rounds. Thread-safe.
 */
final class WeightReader {
  /** Rows and columns transposed at a time: both sides of a block fit the level 1 cache. */
  private static final int BLOCK = 32;

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  private final Checkpoint checkpoint;

  WeightReader(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** Reads a vector of float32. */
  void readVector(String tensor, MemorySegment target) {
    checkpoint.dequantize(tensor, target);
  }

  /** Reads a matrix as {@code weight} says, in elements of {@code type}. */
  void readMatrix(Weight weight, ComputeType type, MemorySegment target) {
    if (weight.layout().room(weight.out()) > weight.out()) {
      target.fill((byte) 0);
    }
    int firstOut = 0;
    for (Weight.Part part : weight.parts()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment source = arena.allocate(4L * part.out() * weight.in(), 64);
        checkpoint.dequantize(part.tensor(), source);
        copy(weight, part, source, new Target(target, type, firstOut));
      }
      firstOut += part.out();
    }
  }

  private record Target(MemorySegment memory, ComputeType type, int firstOut) {}

  private void copy(Weight weight, Weight.Part part, MemorySegment source, Target target) {
    int in = weight.in();
    for (int outBlock = 0; outBlock < part.out(); outBlock += BLOCK) {
      int outEnd = Math.min(outBlock + BLOCK, part.out());
      for (int inBlock = 0; inBlock < in; inBlock += BLOCK) {
        int inEnd = Math.min(inBlock + BLOCK, in);
        for (int out = outBlock; out < outEnd; out++) {
          Run run = run(weight, target.type(), target.firstOut() + out);
          long row = (long) sourceRow(part, out) * in;
          switch (target.type()) {
            case FLOAT32 -> copyFloats(source, row, target.memory(), run, inBlock, inEnd);
            case BFLOAT16 -> copyRounded(source, row, target.memory(), run, inBlock, inEnd);
          }
        }
      }
    }
  }

  /**
   * Where a row's elements go: the first, what the second is further, what every pair is further.
   * All layouts are of this form, and it keeps their arithmetic out of the loops.
   */
  private record Run(long first, long second, long pair) {
    long index(int i) {
      return first + (i >> 1) * pair + (i & 1) * second;
    }
  }

  private static Run run(Weight weight, ComputeType type, int out) {
    int in = weight.in();
    long first = weight.layout().index(type, in, weight.out(), 0, out);
    long second = weight.layout().index(type, in, weight.out(), 1, out) - first;
    long pair = weight.layout().index(type, in, weight.out(), 2, out) - first;
    return new Run(first, second, pair);
  }

  private static void copyFloats(
      MemorySegment source, long row, MemorySegment target, Run run, int from, int to) {
    for (int i = from; i < to; i++) {
      target.set(FLOAT, 4 * run.index(i), source.get(FLOAT, 4 * (row + i)));
    }
  }

  private static void copyRounded(
      MemorySegment source, long row, MemorySegment target, Run run, int from, int to) {
    for (int i = from; i < to; i++) {
      float value = source.get(FLOAT, 4 * (row + i));
      target.set(SHORT, 2 * run.index(i), BFloat16.fromFloat(value));
    }
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
