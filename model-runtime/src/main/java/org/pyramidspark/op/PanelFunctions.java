package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.machinecode.MachineCode;

/**
 * The functions of {@link PanelCode} for one element type, made when first asked for. Thread-safe.
 */
final class PanelFunctions {
  private static final int EIGHT = 8;
  private static final FunctionDescriptor PRODUCT =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor WIDEN =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /**
   * What a product's code is made for; see {@link PanelCode#product}.
   *
   * @param nextLines cache lines to fetch for every four inputs
   */
  record Shape(int rows, int inputs, boolean rounded, int nextLines) {}

  private final ComputeType type;
  private final Map<Shape, MethodHandle> products = new ConcurrentHashMap<>();
  private final MethodHandle widenPanel =
      MachineCode.function(PanelCode.widenPanel(), WIDEN, false);
  private final MethodHandle widenRows = MachineCode.function(PanelCode.widenRows(), WIDEN, false);

  PanelFunctions(ComputeType type) {
    this.type = type;
  }

  /** Of weights, and of rows before they are widened. */
  ComputeType type() {
    return type;
  }

  /** A function of (x, panel, y, y's stride, inputs / 4, next panel). */
  MethodHandle product(Shape shape) {
    return products.computeIfAbsent(
        shape,
        made ->
            MachineCode.function(
                PanelCode.product(made.rows(), made.inputs(), made.rounded(), made.nextLines()),
                PRODUCT,
                false));
  }

  /** Widens a panel of so many inputs. */
  void widenPanel(long source, long target, int inputs) {
    call(widenPanel, source, target, inputs / 2);
  }

  /** Widens so many elements, a multiple of 8. */
  void widen(long source, long target, long elements) {
    call(widenRows, source, target, elements / EIGHT);
  }

  private static void call(MethodHandle function, long source, long target, long count) {
    try {
      function.invokeExact(source, target, count);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }
}
