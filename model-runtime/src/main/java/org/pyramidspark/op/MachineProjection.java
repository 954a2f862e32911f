package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.machinecode.MachineCode;
import org.pyramidspark.op.ProjectionCode.Fetch;

/**
 * The product in machine code, near the rate at which weights come out of memory. TensorFlow's
 * MatMul takes half as long again for 8 rows and more, since it is made for many
 * (docs/performance.md).
 */
final class MachineProjection implements ProjectionKernel {
  private static final FunctionDescriptor FUNCTION =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private record Shape(int rows, int inputs, boolean rounded, Fetch fetch) {}

  private final ComputeType type;
  private final Map<Shape, MethodHandle> functions = new ConcurrentHashMap<>();

  /**
   * @param type of rows and weights; the machine must have AVX-512, for bfloat16 its dot products
   */
  MachineProjection(ComputeType type) {
    this.type = type;
  }

  private MethodHandle function(int rows, int inputs, boolean rounded, Fetch fetch) {
    return functions.computeIfAbsent(
        new Shape(rows, inputs, rounded, fetch),
        shape ->
            MachineCode.function(
                ProjectionCode.assemble(
                    type, shape.rows(), shape.inputs(), shape.rounded(), shape.fetch()),
                FUNCTION,
                false));
  }

  @Override
  public void project(
      int rows,
      int inputs,
      int outputs,
      long weight,
      long x,
      long y,
      long yStride,
      boolean rounded) {
    // The first rows bring OUTPUTS outputs' weights into the first-level cache for the others.
    for (int output = 0; output < outputs; output += OUTPUTS) {
      int parts = Math.ceilDiv(rows, ProjectionCode.MOST_ROWS);
      int part = 0;
      for (int row = 0; row < rows; ) {
        int together = rowsTogether(rows - row);
        call(
            function(together, inputs, rounded, new Fetch(part++, parts, OUTPUTS)),
            weight + (long) type.bytes() * output * inputs,
            x + (long) type.bytes() * row * inputs,
            y + row * yStride + (rounded ? 2L : 4L) * output,
            yStride);
        row += together;
      }
    }
  }

  private static void call(MethodHandle function, long weight, long x, long y, long yStride) {
    try {
      function.invokeExact(weight, x, y, OUTPUTS / 4L, yStride);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  /** The next rows that go together, of so many that are left: as even as can be. */
  private static int rowsTogether(int left) {
    return Math.ceilDiv(left, Math.ceilDiv(left, ProjectionCode.MOST_ROWS));
  }
}
