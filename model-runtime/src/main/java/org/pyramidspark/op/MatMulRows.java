package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.TensorFlowNative.Invocation;
import org.pyramidspark.op.TensorFlowNative.NativeTensor;

/**
 * Rows that a MatMul is to multiply. TensorFlow gives few rows to other kernels than many, and
 * these sum in another order; so there are always so many at least, the last of zeros, and what a
 * row gives does not depend on how many others there are. Projections of ours need none.
 */
final class MatMulRows {
  private volatile int least = 1;

  /** The least number of rows from now on. */
  void setLeast(int rows) {
    least = rows;
  }

  /** An output of so many rows, or of the least number; the caller fills its rows and closes it. */
  NativeTensor output(Invocation invocation, int index, ComputeType type, int rows, int width) {
    int padded = Math.max(rows, least);
    NativeTensor tensor =
        invocation.output(index, TensorFlowNative.number(type), type.bytes(), padded, width);
    if (padded > rows) {
      long bytes = (long) width * type.bytes();
      NativeMemory.clear(tensor.address() + rows * bytes, (padded - rows) * bytes);
    }
    return tensor;
  }

  /** Whether a product has the rows that came out of so many. */
  boolean matches(NativeTensor product, int rows) {
    return product.size(0) == Math.max(rows, least);
  }
}
