package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;

/** Single elements of a row in native memory. */
final class Elements {
  private Elements() {}

  /** Element {@code index} of the row at an address, widened. */
  static float at(ComputeType type, long row, int index) {
    return switch (type) {
      case FLOAT32 -> NativeMemory.floatAt(row + 4L * index);
      case BFLOAT16 -> NativeMemory.bfloat16At(row + 2L * index);
    };
  }

  /** Stores element {@code index} of the row at an address, rounded to the type. */
  static void put(ComputeType type, long row, int index, float value) {
    switch (type) {
      case FLOAT32 -> NativeMemory.putFloat(row + 4L * index, value);
      case BFLOAT16 -> NativeMemory.putBfloat16(row + 2L * index, value);
    }
  }
}
