package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pyramidspark.machinecode.MachineCode;
import org.pyramidspark.op.ProjectionCode.Fetch;

/**
 * The product of few rows of bfloat16 in machine code, by the dot products of AVX-512, near the
 * rate at which weights come out of memory. TensorFlow's MatMul takes half as long again for 8 rows
 * and more, since it is made for many (docs/performance.md); weights lie as it wants them.
 */
final class MachineProjection implements ProjectionKernel {
  private static final MethodHandle CALL =
      MachineCode.caller(
          FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), false);

  private static final int OUTPUTS = 8;
  private static final int INPUTS = 32;

  private record Shape(int rows, int inputs, boolean rounded, Fetch fetch) {}

  private static final int ELEMENT_BYTES = 2;

  private final Map<Shape, MemorySegment> functions = new ConcurrentHashMap<>();

  private MemorySegment function(int rows, int inputs, boolean rounded, Fetch fetch) {
    return functions.computeIfAbsent(
        new Shape(rows, inputs, rounded, fetch),
        shape ->
            MachineCode.function(
                ProjectionCode.assemble(
                    shape.rows(), shape.inputs(), shape.rounded(), shape.fetch())));
  }

  @Override
  public WeightLayout layout() {
    return WeightLayout.OUT_IN;
  }

  @Override
  public boolean takesManyRows() {
    return false;
  }

  @Override
  public int outputsTogether() {
    return OUTPUTS;
  }

  @Override
  public int outputs() {
    return OUTPUTS;
  }

  @Override
  public int inputs() {
    return INPUTS;
  }

  @Override
  public void project(Product product, KernelScratch scratch) {
    int inputs = product.inputs();
    List<Group> groups = groups(product.rows(), inputs, product.rounded());
    // The first rows bring OUTPUTS outputs' weights into the first-level cache for the others.
    for (int output = 0; output < product.outputs(); output += OUTPUTS) {
      for (Group group : groups) {
        call(
            group.function(),
            product.weight() + (long) ELEMENT_BYTES * output * inputs,
            product.x() + (long) ELEMENT_BYTES * group.firstRow() * inputs,
            product.y()
                + group.firstRow() * product.yStride()
                + (product.rounded() ? 2L : 4L) * output,
            product.yStride());
      }
    }
  }

  /** Rows that go together, and the function for so many. */
  private record Group(int firstRow, MemorySegment function) {}

  private List<Group> groups(int rows, int inputs, boolean rounded) {
    List<Group> groups = new ArrayList<>();
    int parts = Math.ceilDiv(rows, ProjectionCode.MOST_ROWS);
    for (int row = 0; row < rows; ) {
      int together = RowGroups.next(rows - row, ProjectionCode.MOST_ROWS);
      Fetch fetch = new Fetch(groups.size(), parts, OUTPUTS);
      groups.add(new Group(row, function(together, inputs, rounded, fetch)));
      row += together;
    }
    return groups;
  }

  private static void call(MemorySegment function, long weight, long x, long y, long yStride) {
    try {
      CALL.invokeExact(function, weight, x, y, OUTPUTS / 4L, yStride);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }
}
