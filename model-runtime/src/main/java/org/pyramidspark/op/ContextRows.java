package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.ModelConfig;

/**
 * Where attention writes its result: one packed row for each row that goes on, {@code [rows, heads
 * * headSize]}.
 *
 * @param model the sizes
 * @param type element type
 * @param address first byte, in {@link NativeMemory#ALL}
 */
record ContextRows(ModelConfig model, ComputeType type, long address) {

  /** Rows of the same shape elsewhere. */
  ContextRows at(long other) {
    return new ContextRows(model, type, other);
  }

  /** Bytes of one row. */
  long rowBytes() {
    return (long) model.attentionSize() * type.bytes();
  }

  /** Address of one head's part of one row. */
  long at(int row, int head) {
    return address + row * rowBytes() + (long) head * model.headSize() * type.bytes();
  }

  /** Writes one head's part of one row, rounded to the type. */
  void write(int row, int head, float[] vector) {
    long target = at(row, head);
    for (int i = 0; i < model.headSize(); i++) {
      Elements.put(type, target, i, vector[i]);
    }
  }
}
