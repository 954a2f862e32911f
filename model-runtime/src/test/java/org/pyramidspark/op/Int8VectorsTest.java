package org.pyramidspark.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;

/** Vectors that are hard to quantise; whole pages are compared, so partners in an int are, too. */
class Int8VectorsTest {
  /** A multiple of 4 that leaves a tail to every vector width but the least. */
  private static final int HEAD_SIZE = 68;

  private static final PageLayout LAYOUT = new PageLayout(HEAD_SIZE, KvType.INT8);

  private static List<float[]> vectors() {
    float[] zeros = new float[HEAD_SIZE];
    float[] negative = filled(-0f);
    float[] least = filled(Float.MIN_VALUE);
    float[] subnormal = filled(190 * Float.MIN_VALUE);
    float[] smallestScale = filled(127 * Float.MIN_NORMAL);
    float[] great = filled(Float.MAX_VALUE / 2);
    great[3] = -Float.MAX_VALUE / 2;
    // Of the scale 1 or 2^-30: all ties, in both signs.
    float[] ties = new float[HEAD_SIZE];
    float[] smallTies = new float[HEAD_SIZE];
    for (int dim = 0; dim < HEAD_SIZE; dim++) {
      ties[dim] = dim == HEAD_SIZE - 1 ? -127 : (dim - 30) * 1.5f;
      smallTies[dim] = ties[dim] * 0x1p-30f;
    }
    float[] random = new float[HEAD_SIZE];
    Random source = new Random(3);
    for (int dim = 0; dim < HEAD_SIZE; dim++) {
      random[dim] = (float) source.nextGaussian();
    }
    return List.of(
        zeros, negative, least, subnormal, smallestScale, great, ties, smallTies, random);
  }

  private static float[] filled(float element) {
    float[] vector = new float[HEAD_SIZE];
    Arrays.fill(vector, element);
    return vector;
  }

  @Test
  void vectorLoopsStoreTheSamePageAsTheLayout() {
    for (int bits = 128; bits <= FloatVector.SPECIES_PREFERRED.vectorBitSize(); bits *= 2) {
      HeadVectors loops = VectorLoops.of(bits, ProductCode.NONE).headVectors();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment expected = arena.allocate(LAYOUT.bytes(), 64);
        MemorySegment stored = arena.allocate(LAYOUT.bytes(), 64);
        expected.fill((byte) 0xab);
        stored.fill((byte) 0xab);
        // From an entry on that shares its ints with earlier ones.
        int entry = 7;
        for (float[] vector : vectors()) {
          LAYOUT.putKey(expected.address(), entry, vector);
          LAYOUT.putValue(expected.address(), entry, vector);
          loops.putKey(LAYOUT, stored.address(), entry, vector.clone());
          loops.putValue(LAYOUT, stored.address(), entry, vector.clone());
          assertThat(stored.toArray(ValueLayout.JAVA_BYTE))
              .as("%d bits, entry %d", bits, entry)
              .isEqualTo(expected.toArray(ValueLayout.JAVA_BYTE));
          entry++;
        }
      }
    }
  }

  @Test
  void elementsAreWithinHalfAScale() {
    try (Arena arena = Arena.ofConfined()) {
      long page = arena.allocate(LAYOUT.bytes(), 64).address();
      for (float[] vector : vectors()) {
        LAYOUT.putKey(page, 5, vector);
        float largest = 0;
        for (float element : vector) {
          largest = Math.max(largest, Math.abs(element));
        }
        for (int dim = 0; dim < HEAD_SIZE; dim++) {
          double error = Math.abs((double) LAYOUT.key(page, 5, dim) - vector[dim]);
          assertThat(error).isLessThanOrEqualTo(largest * (1 / 254.0 + 0x1p-22) + 0x1p-119);
        }
      }
    }
  }

  /** The first of four begins their ints; the others find them. */
  @Test
  void valuesOfFourEntriesShareInts() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(LAYOUT.bytes(), 64).fill((byte) 0xab);
      LAYOUT.putValue(page.address(), 8, filled(1));
      int four = page.get(ValueLayout.JAVA_INT, LAYOUT.valueOffset(8, 0));
      assertThat(four).isEqualTo(127);

      LAYOUT.putValue(page.address(), 9, filled(-1));
      LAYOUT.putValue(page.address(), 10, filled(3));
      assertThat(LAYOUT.value(page.address(), 8, 2)).isEqualTo(127 * (1 / 127f));
      assertThat(LAYOUT.value(page.address(), 9, 2)).isEqualTo(-127 * (1 / 127f));
      assertThat(LAYOUT.value(page.address(), 10, 2)).isEqualTo(127 * (3 / 127f));

      LAYOUT.clearValue(page.address(), 9);
      assertThat(LAYOUT.value(page.address(), 8, 2)).isEqualTo(127 * (1 / 127f));
      assertThat(LAYOUT.value(page.address(), 9, 2)).isZero();
    }
  }
}
