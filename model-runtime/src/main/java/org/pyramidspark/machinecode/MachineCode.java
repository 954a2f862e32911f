package org.pyramidspark.machinecode;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Functions of machine code, ready to be called. Their memory is writable only until it becomes
 * executable, and stays as long as the process. Thread-safe.
 */
public final class MachineCode {
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final long FAILED = -1;

  private MachineCode() {}

  /**
   * Calls any function of one kind, whose address it takes before its arguments. To be kept in a
   * {@code static final} field: then the compiler makes a plain call of it, otherwise each call
   * costs some 200 nanoseconds.
   *
   * @param kind arguments and result
   * @param heap whether addresses may lie in Java arrays
   */
  public static MethodHandle caller(FunctionDescriptor kind, boolean heap) {
    return Linker.nativeLinker().downcallHandle(kind, Linker.Option.critical(heap));
  }

  /**
   * A function out of code.
   *
   * @param code of the System V calling convention, at most some ten microseconds long: a caller
   *     does not stop for the garbage collector meanwhile
   * @throws UnsupportedOperationException if the system lets nobody make code
   */
  public static MemorySegment function(byte[] code) {
    MethodHandle map =
        system(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    MethodHandle protect =
        system("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    try {
      long size = code.length;
      long address = (long) map.invokeExact(0L, size, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
      if (address == FAILED) {
        throw new UnsupportedOperationException("No memory for machine code.");
      }
      MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(size);
      MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
      if ((int) protect.invokeExact(memory, size, READ | EXECUTE) != 0) {
        throw new UnsupportedOperationException("The system does not let memory be executed.");
      }
      return memory;
    } catch (RuntimeException | Error error) {
      throw error;
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  private static MethodHandle system(String name, FunctionDescriptor function) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(symbol -> linker.downcallHandle(symbol, function))
        .orElseThrow(() -> new UnsupportedOperationException("The system has no " + name + "."));
  }
}
