package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.ModelConfig;

/**
 * The fused projection of one layer and step: packed rows of all sequences, {@code [rows, (heads +
 * 2 * kvHeads) * headSize]}, each row its queries, then keys, then values, not yet rotated.
 *
 * @param model the sizes
 * @param type element type
 * @param address first byte, in {@link NativeMemory#ALL}
 * @param positions original position of each packed row
 * @param rotary the model's rotary angles
 */
record ProjectedRows(
    ModelConfig model, ComputeType type, long address, int[] positions, RotaryTable rotary) {

  /** Address of one head's query in one row. */
  long query(int row, int head) {
    return at(row, head);
  }

  /** Address of one KV head's key in one row. */
  long key(int row, int kvHead) {
    return at(row, model.numHeads() + kvHead);
  }

  /** Address of one KV head's value in one row. */
  long value(int row, int kvHead) {
    return at(row, model.numHeads() + model.numKvHeads() + kvHead);
  }

  private long at(int row, int part) {
    return address + ((long) row * model.qkvSize() + (long) part * model.headSize()) * type.bytes();
  }

  /** Copies one head's vector to {@code target} as float32. */
  void read(long vector, float[] target) {
    for (int i = 0; i < model.headSize(); i++) {
      target[i] = Elements.at(type, vector, i);
    }
  }
}
