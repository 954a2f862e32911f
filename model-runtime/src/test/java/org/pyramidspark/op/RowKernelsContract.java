package org.pyramidspark.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.config.ComputeType;

/** What every implementation of the row kernels must do, held to double precision. */
abstract class RowKernelsContract {
  private static final float EPSILON = 1e-5f;
  private static final float UNTOUCHED = -77;

  private final RowKernels kernels = kernels();

  abstract RowKernels kernels();

  /** Widths around multiples of every vector's. */
  static Stream<Arguments> grid() {
    return Stream.of(ComputeType.values())
        .flatMap(
            type ->
                Stream.of(1, 3, 15, 16, 17, 48, 100, 576, 1535)
                    .map(width -> Arguments.of(type, width)));
  }

  /** Rows of random numbers in native memory, one element longer than they say. */
  private record Row(ComputeType type, long address, int width) {
    static Row random(Arena arena, ComputeType type, int width, Random random, float size) {
      Row row = untouched(arena, type, width);
      for (int i = 0; i < width; i++) {
        Elements.put(type, row.address, i, size * (float) random.nextGaussian());
      }
      return row;
    }

    static Row untouched(Arena arena, ComputeType type, int width) {
      long address = arena.allocate((long) (width + 1) * type.bytes(), 64).address();
      for (int i = 0; i <= width; i++) {
        Elements.put(type, address, i, UNTOUCHED);
      }
      return new Row(type, address, width);
    }

    float at(int index) {
      return Elements.at(type, address, index);
    }

    boolean endIsUntouched() {
      return at(width) == UNTOUCHED;
    }
  }

  /** One rounding to the type. */
  private static double rounding(ComputeType type) {
    return type == ComputeType.BFLOAT16 ? 0x1p-8 : 0x1p-24;
  }

  @ParameterizedTest
  @MethodSource("grid")
  void addsAndNormalises(ComputeType type, int width) {
    addsAndNormalises(type, type, width);
  }

  @ParameterizedTest
  @MethodSource("grid")
  void addsWhatWasNotRounded(ComputeType type, int width) {
    addsAndNormalises(type, ComputeType.FLOAT32, width);
  }

  private void addsAndNormalises(ComputeType type, ComputeType deltaType, int width) {
    Random random = new Random(width);
    try (Arena arena = Arena.ofConfined()) {
      Row residual = Row.random(arena, ComputeType.FLOAT32, width, random, 3);
      Row delta = Row.random(arena, deltaType, width, random, 1);
      Row scale = Row.random(arena, ComputeType.FLOAT32, width, random, 2);
      Row sum = Row.untouched(arena, ComputeType.FLOAT32, width);
      Row normed = Row.untouched(arena, type, width);

      addNorm(type, residual.address, delta, scale, sum.address, normed);

      double squares = 0;
      for (int i = 0; i < width; i++) {
        float added = residual.at(i) + delta.at(i);
        assertThat(sum.at(i)).isEqualTo(added);
        squares += (double) added * added;
      }
      double inverse = 1 / Math.sqrt(squares / width + EPSILON);
      for (int i = 0; i < width; i++) {
        double expected = sum.at(i) * inverse * scale.at(i);
        // The sum of squares rounds at most once per element, and half of that shows in its root.
        double relative = rounding(type) + (width / 2.0 + 4) * 0x1p-24;
        assertThat((double) normed.at(i))
            .isCloseTo(expected, within(1e-30 + relative * Math.abs(expected)));
      }
      assertThat(sum.endIsUntouched() && normed.endIsUntouched()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("grid")
  void theSumMayTakeTheResidualsPlace(ComputeType type, int width) {
    Random random = new Random(width);
    try (Arena arena = Arena.ofConfined()) {
      Row residual = Row.random(arena, ComputeType.FLOAT32, width, random, 3);
      Row delta = Row.random(arena, type, width, random, 1);
      Row scale = Row.random(arena, ComputeType.FLOAT32, width, random, 2);
      Row sum = Row.untouched(arena, ComputeType.FLOAT32, width);
      Row normed = Row.untouched(arena, type, width);
      Row again = Row.untouched(arena, type, width);

      addNorm(type, residual.address, delta, scale, sum.address, normed);
      addNorm(type, residual.address, delta, scale, residual.address, again);

      for (int i = 0; i < width; i++) {
        assertThat(residual.at(i)).isEqualTo(sum.at(i));
        assertThat(again.at(i)).isEqualTo(normed.at(i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("grid")
  void withoutAResidualItNormalisesOnly(ComputeType type, int width) {
    Random random = new Random(width);
    try (Arena arena = Arena.ofConfined()) {
      Row zeros = Row.random(arena, ComputeType.FLOAT32, width, random, 0);
      Row delta = Row.random(arena, type, width, random, 1);
      Row scale = Row.random(arena, ComputeType.FLOAT32, width, random, 2);
      Row sum = Row.untouched(arena, ComputeType.FLOAT32, width);
      Row normed = Row.untouched(arena, type, width);
      Row expected = Row.untouched(arena, type, width);

      addNorm(type, RowKernels.NO_RESIDUAL, delta, scale, sum.address, normed);
      addNorm(type, zeros.address, delta, scale, sum.address, expected);

      for (int i = 0; i < width; i++) {
        assertThat(sum.at(i)).isEqualTo(delta.at(i));
        assertThat(normed.at(i)).isEqualTo(expected.at(i));
      }
    }
  }

  private void addNorm(ComputeType type, long residual, Row delta, Row scale, long sum, Row to) {
    kernels.addNorm(
        type,
        delta.type,
        delta.width,
        EPSILON,
        residual,
        delta.address,
        scale.address,
        sum,
        to.address);
  }

  @ParameterizedTest
  @MethodSource("grid")
  void gatesAndMultiplies(ComputeType type, int width) {
    Random random = new Random(width);
    try (Arena arena = Arena.ofConfined()) {
      Row gate = Row.random(arena, type, width, random, 5);
      Row up = Row.random(arena, type, width, random, 1);
      Row target = Row.untouched(arena, type, width);

      kernels.swiGlu(type, width, gate.address, up.address, target.address);

      for (int i = 0; i < width; i++) {
        double expected = gate.at(i) / (1 + Math.exp(-gate.at(i))) * up.at(i);
        // The exponent's error is that of a float32 times the exponent, at most 40 here.
        double relative = rounding(type) + (4 + 40) * 0x1p-23;
        assertThat((double) target.at(i))
            .isCloseTo(expected, within(1e-30 + relative * Math.abs(expected)));
      }
      assertThat(target.endIsUntouched()).isTrue();
    }
  }

  @Test
  void gatesOfAnySizeKeepTheirLimits() {
    float[] gates = {0, -0f, 88, -88, 200, -200, 3e38f, -3e38f, Float.NaN};
    float[] limits = {0, 0, 88, 0, 200, 0, 3e38f, 0, Float.NaN};
    try (Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < gates.length; i++) {
        Row gate = Row.untouched(arena, ComputeType.FLOAT32, 16);
        Row up = Row.untouched(arena, ComputeType.FLOAT32, 16);
        Row target = Row.untouched(arena, ComputeType.FLOAT32, 16);
        for (int j = 0; j < 16; j++) {
          Elements.put(ComputeType.FLOAT32, gate.address, j, gates[i]);
          Elements.put(ComputeType.FLOAT32, up.address, j, 1);
        }

        kernels.swiGlu(ComputeType.FLOAT32, 16, gate.address, up.address, target.address);

        float limit = limits[i];
        for (int j = 0; j < 16; j++) {
          // exp(-88) is 6e-39, and that times 88 is all there is of what should be 0.
          if (Float.isNaN(limit)) {
            assertThat(target.at(j)).isNaN();
          } else {
            assertThat(target.at(j)).isCloseTo(limit, within(1e-35f));
          }
        }
      }
    }
  }
}
