package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.TensorFlowNative.Invocation;
import org.pyramidspark.op.TensorFlowNative.NativeTensor;

/**
 * Rows that TensorFlow's MatMul is to multiply. A single row would go to another of its kernels,
 * which sums in another order; so there are always two at least, the second of zeros, and what a
 * row gives does not depend on how many others there are.
 */
final class MatMulRows {
  private static final int LEAST = 2;

  private MatMulRows() {}

  /** An output of so many rows, or of {@value #LEAST}; the caller fills its rows and closes it. */
  static NativeTensor output(
      Invocation invocation, int index, ComputeType type, int rows, int width) {
    NativeTensor tensor =
        invocation.output(
            index, TensorFlowNative.number(type), type.bytes(), Math.max(rows, LEAST), width);
    if (rows < LEAST) {
      long bytes = (long) width * type.bytes();
      NativeMemory.clear(tensor.address() + rows * bytes, (LEAST - rows) * bytes);
    }
    return tensor;
  }

  /** Whether a product has the rows that came out of so many. */
  static boolean matches(NativeTensor product, int rows) {
    return product.size(0) == Math.max(rows, LEAST);
  }
}
