package org.pyramidspark.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * All native memory as one segment, addressed by absolute addresses. The cache's pages and
 * TensorFlow's tensors come from many allocations; one constant segment keeps bounds checks and
 * per-page objects out of the kernels. Whoever uses it answers for the addresses.
 */
public final class NativeMemory {
  /** Offset 0 is address 0. */
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Byte order of everything in memory. */
  public static final ByteOrder ORDER = ByteOrder.nativeOrder();

  public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  public static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  public static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private NativeMemory() {}

  public static float floatAt(long address) {
    return ALL.get(FLOAT, address);
  }

  public static long longAt(long address) {
    return ALL.get(LONG, address);
  }

  /** Sets so many bytes to 0. */
  public static void clear(long address, long bytes) {
    ALL.asSlice(address, bytes).fill((byte) 0);
  }

  public static void putFloat(long address, float value) {
    ALL.set(FLOAT, address, value);
  }

  /** The bfloat16 at an address, widened. */
  public static float bfloat16At(long address) {
    return BFloat16.toFloat(ALL.get(SHORT, address));
  }

  /** Rounds to bfloat16, to nearest, ties to even. */
  public static void putBfloat16(long address, float value) {
    ALL.set(SHORT, address, BFloat16.fromFloat(value));
  }
}
