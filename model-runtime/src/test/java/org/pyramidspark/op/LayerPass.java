package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;

/**
 * What one layer of one step did with one sequence.
 *
 * @param positions of the rows that entered
 * @param positionsOn of the rows that went on
 * @param firstRow packed row of the first that entered
 * @param firstContextRow result row of the first that went on
 */
record LayerPass(
    ProjectedRows projected,
    ContextRows context,
    int[] positions,
    int[] positionsOn,
    int firstRow,
    int firstContextRow) {

  /** One element of the result of one row that went on. */
  float context(int index, int head, int dim) {
    long address = context.at(firstContextRow + index, head);
    return switch (context.type()) {
      case FLOAT32 -> NativeMemory.floatAt(address + 4L * dim);
      case BFLOAT16 -> NativeMemory.bfloat16At(address + 2L * dim);
    };
  }

  /** All elements of the result. */
  float[] contexts() {
    int width = context.model().attentionSize();
    float[] elements = new float[positionsOn.length * width];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = context(i / width, 0, i % width);
    }
    return elements;
  }
}
