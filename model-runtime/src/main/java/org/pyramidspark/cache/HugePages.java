package org.pyramidspark.cache;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Memory in pages of 2 MiB where the system has them (Linux, transparent huge pages). What is read
 * from end to end, weights and KV cache, comes in at half the rate or less in pages of 4 KiB, since
 * the processor's prefetching stops at the end of a page (docs/performance.md). Thread-safe.
 */
public final class HugePages {
  private static final long PAGE = 2 << 20;
  private static final int READ_WRITE = 3;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int ADVICE_HUGE_PAGE = 14;
  private static final long FAILED = -1;

  private final MethodHandle map;
  private final MethodHandle advise;
  private final MethodHandle unmap;

  private HugePages(Linker linker, SymbolLookup system) {
    map =
        linker.downcallHandle(
            system.findOrThrow("mmap"),
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    advise =
        linker.downcallHandle(
            system.findOrThrow("madvise"),
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    unmap =
        linker.downcallHandle(
            system.findOrThrow("munmap"), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  }

  private static final class Holder {
    static final Optional<HugePages> SYSTEM =
        System.getProperty("os.name").startsWith("Linux")
            ? Optional.of(
                new HugePages(Linker.nativeLinker(), Linker.nativeLinker().defaultLookup()))
            : Optional.empty();
  }

  /**
   * Memory that lives as long as an arena, zeros at first.
   *
   * @throws OutOfMemoryError if the system has none
   */
  public static MemorySegment allocate(long bytes, Arena arena) {
    return Holder.SYSTEM
        .map(pages -> pages.mapped(bytes, arena))
        .orElseGet(() -> arena.allocate(bytes, 4096));
  }

  private MemorySegment mapped(long bytes, Arena arena) {
    // A page more than needed, so that the memory can begin where a page does.
    long size = bytes + PAGE;
    try {
      long address = (long) map.invokeExact(0L, size, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
      if (address == FAILED) {
        throw new OutOfMemoryError("The system has no " + size + " bytes of memory left.");
      }
      // Where the system does not follow the advice, pages stay small: slower, not wrong.
      int ignored = (int) advise.invokeExact(address, size, ADVICE_HUGE_PAGE);
      MemorySegment all =
          MemorySegment.ofAddress(address).reinterpret(size, arena, memory -> free(memory, size));
      return all.asSlice(-address & PAGE - 1, bytes);
    } catch (RuntimeException | Error error) {
      throw error;
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  private void free(MemorySegment memory, long size) {
    try {
      int ignored = (int) unmap.invokeExact(memory, size);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }
}
