package org.pyramidspark.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.machinecode.Processor;
import org.pyramidspark.op.ProjectionKernel.Product;

/** The products in machine code, held to the scalar one. */
class ProjectionKernelTest {
  private static final float UNTOUCHED = -77;
  private static final Processor WITH_256_BITS = new Processor(true, false, false, false);
  private static final Processor WITH_512_BITS = new Processor(true, true, false, false);
  private static final Processor WITH_DOTS = new Processor(true, true, true, false);

  static boolean has512Bits() {
    return Processor.detect().vectors512();
  }

  static boolean has256Bits() {
    return Processor.detect().vectors256();
  }

  /** All row counts up to several groups, odd and even multiples of what is read at a time. */
  static Stream<Arguments> grid() {
    return IntStream.rangeClosed(1, 26)
        .boxed()
        .flatMap(
            rows ->
                Stream.of(32, 64, 96, 576)
                    .flatMap(
                        inputs ->
                            Stream.of(8, 17, 48, 64)
                                .flatMap(
                                    outputs ->
                                        Stream.of(true, false)
                                            .map(
                                                rounded ->
                                                    Arguments.of(
                                                        rows, inputs, outputs, rounded)))));
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#hasBfloat16Dots")
  class FewOfBfloat16 extends Contract {
    FewOfBfloat16() {
      super(ComputeType.BFLOAT16, new MachineProjection());
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.ProjectionKernelTest#has256Bits")
  class PanelsOfFloat32 extends Contract {
    PanelsOfFloat32() {
      super(ComputeType.FLOAT32, new PanelProjection(ComputeType.FLOAT32, WITH_256_BITS));
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.ProjectionKernelTest#has256Bits")
  class PanelsOfBfloat16 extends Contract {
    PanelsOfBfloat16() {
      super(ComputeType.BFLOAT16, new PanelProjection(ComputeType.BFLOAT16, WITH_256_BITS));
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.ProjectionKernelTest#has512Bits")
  class WidePanelsOfFloat32 extends Contract {
    WidePanelsOfFloat32() {
      super(ComputeType.FLOAT32, new PanelProjection(ComputeType.FLOAT32, WITH_512_BITS));
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.ProjectionKernelTest#has512Bits")
  class WidePanelsOfWidenedBfloat16 extends Contract {
    WidePanelsOfWidenedBfloat16() {
      super(ComputeType.BFLOAT16, new PanelProjection(ComputeType.BFLOAT16, WITH_512_BITS));
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#hasBfloat16Dots")
  class WidePanelsOfBfloat16 extends Contract {
    WidePanelsOfBfloat16() {
      super(ComputeType.BFLOAT16, new PanelProjection(ComputeType.BFLOAT16, WITH_DOTS));
    }
  }

  /** What holds for all kernels and types. */
  abstract static class Contract {
    private final ComputeType type;
    private final ProjectionKernel kernel;
    private final ProjectionKernel scalar;

    private final KernelScratch scratch = new KernelScratch();

    Contract(ComputeType type, ProjectionKernel kernel) {
      this.type = type;
      this.kernel = kernel;
      this.scalar = new ScalarProjection(type, kernel.layout());
    }

    @ParameterizedTest
    @MethodSource("org.pyramidspark.op.ProjectionKernelTest#grid")
    void givesTheScalarProduct(int rows, int inputs, int outputs, boolean rounded) {
      assumeThat(outputs % kernel.outputs()).isZero();
      Random random = new Random(rows * inputs + outputs);
      // One output more in each row of y, which nobody may touch.
      long stride = (outputs + 1L) * (rounded ? 2 : 4);
      try (Arena arena = Arena.ofConfined()) {
        long weight = random(arena, kernel.layout().room(outputs) * inputs, random);
        long x = random(arena, rows * inputs, random);
        long y = untouched(arena, rows * (outputs + 1), rounded);
        long expected = untouched(arena, rows * (outputs + 1), rounded);

        kernel.project(new Product(rows, inputs, outputs, weight, x, y, stride, rounded), scratch);
        scalar.project(
            new Product(rows, inputs, outputs, weight, x, expected, stride, rounded), scratch);

        // Products of normal variables add up to some sqrt(inputs); each addition rounds once.
        double error = 8 * inputs * 0x1p-24 * Math.sqrt(inputs);
        for (int i = 0; i < rows * (outputs + 1); i++) {
          double wanted = at(expected, i, rounded);
          double rounding = rounded ? 0x1p-7 * Math.abs(wanted) : 0;
          assertThat(at(y, i, rounded)).isCloseTo(wanted, within(error + rounding));
        }
      }
    }

    @ParameterizedTest
    @MethodSource("org.pyramidspark.op.ProjectionKernelTest#grid")
    void aRowsResultDoesNotDependOnTheOthers(int rows, int inputs, int outputs, boolean rounded) {
      assumeThat(outputs % kernel.outputs()).isZero();
      Random random = new Random(rows * inputs + outputs);
      long stride = (long) outputs * (rounded ? 2 : 4);
      try (Arena arena = Arena.ofConfined()) {
        long weight = random(arena, kernel.layout().room(outputs) * inputs, random);
        long x = random(arena, rows * inputs, random);
        long together = untouched(arena, rows * outputs, rounded);
        long alone = untouched(arena, rows * outputs, rounded);

        kernel.project(
            new Product(rows, inputs, outputs, weight, x, together, stride, rounded), scratch);
        for (int row = 0; row < rows; row++) {
          long source = x + (long) type.bytes() * row * inputs;
          long target = alone + row * stride;
          kernel.project(
              new Product(1, inputs, outputs, weight, source, target, stride, rounded), scratch);
        }

        for (int i = 0; i < rows * outputs; i++) {
          assertThat(at(together, i, rounded)).isEqualTo(at(alone, i, rounded));
        }
      }
    }

    private long random(Arena arena, int elements, Random random) {
      long address = arena.allocate((long) type.bytes() * elements, 64).address();
      for (int i = 0; i < elements; i++) {
        Elements.put(type, address, i, (float) random.nextGaussian());
      }
      return address;
    }
  }

  private static long untouched(Arena arena, int elements, boolean rounded) {
    long address = arena.allocate(4L * elements, 64).address();
    for (int i = 0; i < elements; i++) {
      if (rounded) {
        NativeMemory.putBfloat16(address + 2L * i, UNTOUCHED);
      } else {
        NativeMemory.putFloat(address + 4L * i, UNTOUCHED);
      }
    }
    return address;
  }

  private static double at(long address, int index, boolean rounded) {
    return rounded
        ? NativeMemory.bfloat16At(address + 2L * index)
        : NativeMemory.floatAt(address + 4L * index);
  }
}
