package org.pyramidspark.graph;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataStorageVisitor;

/** The native memory of a tensor, so that it can be filled and read without copies on the heap. */
final class TensorMemory implements DataStorageVisitor<MemorySegment> {

  /** The tensor's bytes; valid as long as the tensor is open. */
  static MemorySegment of(Tensor tensor) {
    return tensor.asRawTensor().data().accept(new TensorMemory());
  }

  @Override
  public MemorySegment visit(long address, long length, long scale) {
    return MemorySegment.ofAddress(address).reinterpret(length * scale);
  }

  @Override
  public MemorySegment visit(ByteBuffer buffer) {
    return MemorySegment.ofBuffer(buffer);
  }

  @Override
  public MemorySegment fallback() {
    throw new IllegalStateException("The tensor is not in native memory.");
  }
}
