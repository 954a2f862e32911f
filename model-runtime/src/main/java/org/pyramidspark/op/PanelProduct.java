package org.pyramidspark.op;

import static org.pyramidspark.op.WeightLayout.PANEL;

import java.lang.foreign.MemorySegment;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.ProjectionKernel.Product;

/** One call of {@link PanelProjection}: panel by panel, all rows in groups. */
final class PanelProduct {
  private static final int LINE_BYTES = 64;

  /** The first groups of rows fetch the next panel, sharing its lines. */
  private static final int MOST_FETCHING = 2;

  /** Rows that go together, and the function for so many. */
  private record Group(int firstRow, MemorySegment function) {}

  private final PanelFunctions functions;
  private final Product product;
  private final int resultBytes;
  private final long panelBytes;
  private final long x;
  private final long panel;
  private final long tail;
  private final Group[] groups;

  PanelProduct(PanelFunctions functions, Product product, KernelScratch scratch) {
    this.functions = functions;
    this.product = product;
    this.resultBytes = product.rounded() ? 2 : 4;
    this.panelBytes = (long) functions.type().bytes() * PANEL * product.inputs();
    int xElements = product.rows() * product.inputs();
    int panelElements = PANEL * product.inputs();
    int tailElements = PANEL * product.rows();
    this.panel = scratch.memory(4 * (panelElements + tailElements + (widens() ? xElements : 0)));
    this.tail = panel + 4L * panelElements;
    this.x = widens() ? tail + 4L * tailElements : product.x();
    this.groups = new Group[Math.ceilDiv(product.rows(), PanelCode.MOST_ROWS)];
    if (widens()) {
      functions.widen(product.x(), x, xElements);
    }
    group();
  }

  private boolean widens() {
    return functions.type() == ComputeType.BFLOAT16;
  }

  private void group() {
    int row = 0;
    for (int group = 0; group < groups.length; group++) {
      int rows = RowGroups.next(product.rows() - row, PanelCode.MOST_ROWS);
      PanelFunctions.Shape shape =
          new PanelFunctions.Shape(rows, product.inputs(), product.rounded(), nextLines(group));
      groups[group] = new Group(row, functions.product(shape));
      row += rows;
    }
  }

  private int fetching() {
    return Math.min(groups.length, MOST_FETCHING);
  }

  /** Lines of the next panel that a group fetches for every four inputs. */
  private int nextLines(int group) {
    int lines = 4 * PANEL * functions.type().bytes() / LINE_BYTES;
    return group < fetching() ? lines / fetching() : 0;
  }

  void run() {
    int whole = product.outputs() / PANEL * PANEL;
    for (int output = 0; output < whole; output += PANEL) {
      multiply(output, product.y() + (long) resultBytes * output, product.yStride());
    }
    if (whole < product.outputs()) {
      multiply(whole, tail, (long) resultBytes * PANEL);
      storeTail(whole);
    }
  }

  /** All rows' outputs of one panel. */
  private void multiply(int output, long y, long yStride) {
    long source = product.weight() + output / PANEL * panelBytes;
    long weights = source;
    if (widens()) {
      functions.widenPanel(source, panel, product.inputs());
      weights = panel;
    }
    for (int i = 0; i < groups.length; i++) {
      Group group = groups[i];
      PanelFunctions.call(
          group.function(),
          x + 4L * product.inputs() * group.firstRow(),
          weights,
          y + yStride * group.firstRow(),
          yStride,
          product.inputs(),
          source + panelBytes + (i < fetching() ? i * panelBytes / fetching() : 0));
    }
  }

  /** Copies what belongs to the result of a panel that is not full. */
  private void storeTail(int first) {
    long bytes = (long) resultBytes * (product.outputs() - first);
    for (int row = 0; row < product.rows(); row++) {
      MemorySegment.copy(
          NativeMemory.ALL,
          tail + (long) resultBytes * PANEL * row,
          NativeMemory.ALL,
          product.y() + row * product.yStride() + (long) resultBytes * first,
          bytes);
    }
  }
}
