package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.machinecode.MachineCode;
import org.pyramidspark.machinecode.Processor;

/**
 * The functions of {@link PanelCode}, or {@link WidePanelCode}, for one element type, made when
 * first asked for. Thread-safe.
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
   * @param rows at most {@link #mostRows}
   * @param panels that go together, at most {@link #mostPanels}
   * @param inputs width of the rows
   * @param rounded whether results are bfloat16 rather than float32
   * @param nextLines cache lines to fetch in each of the {@link #iterations}
   */
  record Shape(int rows, int panels, int inputs, boolean rounded, int nextLines) {}

  private final ComputeType type;
  private final boolean wide;
  private final boolean widens;
  private final Map<Shape, MemorySegment> products = new ConcurrentHashMap<>();
  private final MemorySegment widenPanel = MachineCode.function(PanelCode.widenPanel());
  private final MemorySegment widenRows = MachineCode.function(PanelCode.widenRows());

  /**
   * @param type of rows and weights
   * @param processor what the functions may use: AVX2 at least
   */
  PanelFunctions(ComputeType type, Processor processor) {
    this.type = type;
    this.wide = processor.vectors512();
    this.widens = type == ComputeType.BFLOAT16 && !processor.bfloat16Dots();
  }

  /** Whether rows and panels must be widened to float32 before they are multiplied. */
  boolean widens() {
    return widens;
  }

  /** Rows that go together at most. */
  int mostRows() {
    return wide ? WidePanelCode.MOST_ROWS : PanelCode.MOST_ROWS;
  }

  /** Panels that go together at most. */
  int mostPanels() {
    return wide ? WidePanelCode.MOST_PANELS : 1;
  }

  /** Type of what is multiplied. */
  private ComputeType multiplied() {
    return widens ? ComputeType.FLOAT32 : type;
  }

  /** Iterations of a product's loop. */
  int iterations(int inputs) {
    return inputs / (PanelCode.UNROLLED * (multiplied() == ComputeType.BFLOAT16 ? 2 : 1));
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
                wide ? WidePanelCode.product(multiplied(), made) : PanelCode.product(made)));
  }

  /** Calls a {@link #product}. */
  static void call(
      MemorySegment product, long x, long panel, long y, long yStride, long iterations, long next) {
    try {
      PRODUCT.invokeExact(product, x, panel, y, yStride, iterations, next);
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
