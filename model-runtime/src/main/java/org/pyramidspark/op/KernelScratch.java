package org.pyramidspark.op;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One thread's working memory, kept between calls so that kernels allocate nothing, and what it
 * spent on scoring. Buffers are known by number within one kernel call; their content is undefined
 * at first.
 */
final class KernelScratch {
  /** Buffers there are. */
  static final int BUFFERS = 15;

  private final float[][] buffers = new float[BUFFERS][];
  private final int[][] intBuffers = new int[BUFFERS][];
  private MemorySegment memory = MemorySegment.NULL;
  private long scoringNanos;

  /** Counts time that went into scoring since {@code startNanos}; all else is attention. */
  void addScoring(long startNanos) {
    scoringNanos += System.nanoTime() - startNanos;
  }

  /** The time counted since it was last asked for; not while the thread works. */
  long takeScoringNanos() {
    long taken = scoringNanos;
    scoringNanos = 0;
    return taken;
  }

  /** Buffer {@code index}, at least {@code size} long. */
  float[] floats(int index, int size) {
    float[] buffer = buffers[index];
    if (buffer == null || buffer.length < size) {
      buffer = new float[size + size / 4];
      buffers[index] = buffer;
    }
    return buffer;
  }

  /**
   * Native memory of at least so many bytes; its owner knows it by its address until the next call.
   */
  long memory(int bytes) {
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, 64);
    }
    return memory.address();
  }

  /** Buffer of ints {@code index}, at least {@code size} long; apart from those of floats. */
  int[] ints(int index, int size) {
    int[] buffer = intBuffers[index];
    if (buffer == null || buffer.length < size) {
      buffer = new int[size + size / 4];
      intBuffers[index] = buffer;
    }
    return buffer;
  }
}
