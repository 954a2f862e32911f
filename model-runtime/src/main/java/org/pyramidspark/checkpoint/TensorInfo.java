package org.pyramidspark.checkpoint;

import java.util.List;

/**
 * One tensor of a checkpoint.
 *
 * @param name GGUF name
 * @param type how its elements are stored
 * @param shape sizes, outermost first: a projection from {@code in} to {@code out} has shape {@code
 *     [out, in]}
 * @param offset first byte, from the start of the file
 * @param bytes size in the file
 */
public record TensorInfo(String name, TensorType type, List<Long> shape, long offset, long bytes) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
