package org.pyramidspark.op;

import static org.pyramidspark.op.WeightLayout.PANEL;

import java.lang.foreign.MemorySegment;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.op.ProjectionKernel.Product;

/** One call of {@link PanelProjection}: panel by panel, all rows in groups. */
final class PanelProduct {
  private static final int LINE_BYTES = 64;

  /** The first groups of rows fetch the next panels, sharing their lines. */
  private static final int MOST_FETCHING = 2;

  /** Rows that go together, and the function for so many. */
  private record Group(int firstRow, MemorySegment function) {}

  private final PanelFunctions functions;
  private final Product product;
  private final int resultBytes;
  private final int iterations;
  private final long panelBytes;
  private final long widePanelBytes;
  private final int numGroups;
  private final long x;
  private final long xBytes;
  private final long widened;
  private final long tail;

  PanelProduct(PanelFunctions functions, Product product, KernelScratch scratch) {
    this.functions = functions;
    this.product = product;
    this.resultBytes = product.rounded() ? 2 : 4;
    this.iterations = functions.iterations(product.inputs());
    this.panelBytes = (long) functions.type().bytes() * PANEL * product.inputs();
    this.widePanelBytes = 4L * PANEL * product.inputs();
    this.numGroups = Math.ceilDiv(product.rows(), functions.mostRows());
    this.xBytes = (functions.widens() ? 4L : functions.type().bytes()) * product.inputs();
    long tailBytes = 4L * PANEL * product.rows();
    if (functions.widens()) {
      long widenedBytes = widePanelBytes * functions.mostPanels();
      long xAllBytes = xBytes * product.rows();
      this.tail = scratch.memory(Math.toIntExact(tailBytes + widenedBytes + xAllBytes));
      this.widened = tail + tailBytes;
      this.x = widened + widenedBytes;
      functions.widen(product.x(), x, (long) product.rows() * product.inputs());
    } else {
      this.tail = scratch.memory(Math.toIntExact(tailBytes));
      this.widened = 0;
      this.x = product.x();
    }
  }

  void run() {
    int whole = product.outputs() / PANEL;
    int together = functions.mostPanels();
    Group[] groups = groups(together);
    int panel = 0;
    for (; panel + together <= whole; panel += together) {
      long y = product.y() + (long) resultBytes * PANEL * panel;
      multiply(groups, panel, together, y, product.yStride());
    }
    Group[] alone = together == 1 ? groups : groups(1);
    for (; panel < whole; panel++) {
      long y = product.y() + (long) resultBytes * PANEL * panel;
      multiply(alone, panel, 1, y, product.yStride());
    }
    if (PANEL * whole < product.outputs()) {
      multiply(alone, whole, 1, tail, (long) resultBytes * PANEL);
      storeTail(PANEL * whole);
    }
  }

  private Group[] groups(int panels) {
    Group[] groups = new Group[numGroups];
    int row = 0;
    for (int group = 0; group < numGroups; group++) {
      int rows = RowGroups.next(product.rows() - row, functions.mostRows());
      PanelFunctions.Shape shape =
          new PanelFunctions.Shape(
              rows, panels, product.inputs(), product.rounded(), nextLines(group, panels));
      groups[group] = new Group(row, functions.product(shape));
      row += rows;
    }
    return groups;
  }

  private int fetching() {
    return Math.min(numGroups, MOST_FETCHING);
  }

  /** Lines of the next panels that a group fetches in each iteration. */
  private int nextLines(int group, int panels) {
    int lines = (int) (panels * panelBytes / iterations / LINE_BYTES);
    return group < fetching() ? lines / fetching() : 0;
  }

  /** All rows' outputs of some panels. */
  private void multiply(Group[] groups, int panel, int panels, long y, long yStride) {
    long source = product.weight() + panel * panelBytes;
    long weights = source;
    if (functions.widens()) {
      for (int i = 0; i < panels; i++) {
        functions.widenPanel(
            source + i * panelBytes, widened + i * widePanelBytes, product.inputs());
      }
      weights = widened;
    }
    long next = source + panels * panelBytes;
    for (int i = 0; i < groups.length; i++) {
      Group group = groups[i];
      PanelFunctions.call(
          group.function(),
          x + xBytes * group.firstRow(),
          weights,
          y + yStride * group.firstRow(),
          yStride,
          iterations,
          next + (i < fetching() ? i * panels * panelBytes / fetching() : 0));
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
