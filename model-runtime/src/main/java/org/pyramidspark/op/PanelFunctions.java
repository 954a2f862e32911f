package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.machinecode.MachineCode;

/**
 * The functions of {@link PanelCode} for one element type, made when first asked for. Thread-safe.
 */
final class PanelFunctions {
  private static final int WIDENED_TOGETHER = 8;
  private static final MethodHandle PRODUCT =
      MachineCode.caller(
          FunctionDescriptor.ofVoid(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          false);
  private static final MethodHandle WIDEN =
      MachineCode.caller(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG), false);

  /**
   * What a product's code is made for; see {@link PanelCode#product}.
   *
   * @param nextLines cache lines to fetch for every four inputs
   */
  record Shape(int rows, int inputs, boolean rounded, int nextLines) {}

  private final ComputeType type;
  private final Map<Shape, MemorySegment> products = new ConcurrentHashMap<>();
  private final MemorySegment widenPanel = MachineCode.function(PanelCode.widenPanel());
  private final MemorySegment widenRows = MachineCode.function(PanelCode.widenRows());

  PanelFunctions(ComputeType type) {
    this.type = type;
  }

  /** Of weights, and of rows before they are widened. */
  ComputeType type() {
    return type;
  }

  /** The function of a shape, for {@link #call}. */
  MemorySegment product(Shape shape) {
    return products.computeIfAbsent(
        shape,
        made ->
            MachineCode.function(
                PanelCode.product(made.rows(), made.inputs(), made.rounded(), made.nextLines())));
  }

  /** Calls a {@link #product}. */
  static void call(
      MemorySegment product, long x, long panel, long y, long yStride, int inputs, long next) {
    try {
      PRODUCT.invokeExact(product, x, panel, y, yStride, inputs / 4L, next);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  /** Widens a panel of so many inputs. */
  void widenPanel(long source, long target, int inputs) {
    widen(widenPanel, source, target, inputs / 2);
  }

  /** Widens so many elements, a multiple of 8. */
  void widen(long source, long target, long elements) {
    widen(widenRows, source, target, elements / WIDENED_TOGETHER);
  }

  private static void widen(MemorySegment function, long source, long target, long count) {
    try {
      WIDEN.invokeExact(function, source, target, count);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }
}
