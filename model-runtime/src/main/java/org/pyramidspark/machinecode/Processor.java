package org.pyramidspark.machinecode;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * What machine code of ours can use on this machine.
 *
 * @param vectors256 256-bit vectors (AVX2) with fused multiply-adds (FMA)
 * @param vectors512 512-bit vectors (AVX-512 F and VL)
 * @param bfloat16Dots 512-bit vectors with dot products of bfloat16 pairs (AVX-512 F and BF16)
 * @param bfloat16Tiles products of tiles of bfloat16 (AMX), besides the dot products
 */
public record Processor(
    boolean vectors256, boolean vectors512, boolean bfloat16Dots, boolean bfloat16Tiles) {
  private static final Processor NONE = new Processor(false, false, false, false);
  private static final int FMA = 1 << 12;
  private static final int AVX2 = 1 << 5;
  private static final int AVX512_F_AND_VL = 1 << 16 | 1 << 31;
  private static final int AVX512_BF16 = 1 << 5;
  private static final int AMX_TILE_AND_BF16 = 1 << 24 | 1 << 22;

  /** XMM and YMM state kept by the system. */
  private static final int VECTORS_TO_256 = 0x06;

  /** And mask and ZMM state. */
  private static final int ALL_VECTORS = 0xe6;

  /** And tiles' configuration and data. */
  private static final int ALL_AND_TILES = 0x600e6;

  private static final class Holder {
    static final Processor HERE = look();
  }

  /**
   * This machine's processor; nothing can be used where it is of another kind, or code not allowed.
   * Looked at once in a process.
   */
  public static Processor detect() {
    return Holder.HERE;
  }

  private static Processor look() {
    String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    boolean linux = System.getProperty("os.name").startsWith("Linux");
    if (!linux || !architecture.equals("amd64")) {
      return NONE;
    }
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle call =
          MachineCode.caller(FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_LONG), false);
      MemorySegment cpuid = MachineCode.function(cpuid());
      MemorySegment registers = arena.allocate(20, 8);
      call.invokeExact(cpuid, 1, 0, registers.address());
      boolean multiplyAdds = has(registers, 8, FMA);
      call.invokeExact(cpuid, 7, 0, registers.address());
      boolean vectors256 =
          multiplyAdds && has(registers, 4, AVX2) && has(registers, 16, VECTORS_TO_256);
      boolean vectors512 = has(registers, 4, AVX512_F_AND_VL) && has(registers, 16, ALL_VECTORS);
      boolean tiles = has(registers, 12, AMX_TILE_AND_BF16) && has(registers, 16, ALL_AND_TILES);
      call.invokeExact(cpuid, 7, 1, registers.address());
      boolean dots = vectors512 && has(registers, 0, AVX512_BF16);
      return new Processor(vectors256, vectors512, dots, dots && tiles);
    } catch (UnsupportedOperationException notAllowed) {
      return NONE;
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  private static boolean has(MemorySegment registers, int offset, int bits) {
    return (registers.get(JAVA_INT, offset) & bits) == bits;
  }

  /** (leaf, subleaf, address): stores EAX, EBX, ECX, EDX, then the lower half of XCR0. */
  private static byte[] cpuid() {
    Assembler code = new Assembler();
    code.bytes(0x49, 0x89, 0xd9); // mov r9, rbx
    code.bytes(0x49, 0x89, 0xd0); // mov r8, rdx
    code.bytes(0x89, 0xf8, 0x89, 0xf1); // mov eax, edi; mov ecx, esi
    code.bytes(0x0f, 0xa2); // cpuid
    code.bytes(0x41, 0x89, 0x00); // mov [r8], eax
    code.bytes(0x41, 0x89, 0x58, 0x04); // mov [r8+4], ebx
    code.bytes(0x41, 0x89, 0x48, 0x08); // mov [r8+8], ecx
    code.bytes(0x41, 0x89, 0x50, 0x0c); // mov [r8+12], edx
    code.bytes(0x31, 0xc9, 0x0f, 0x01, 0xd0); // xor ecx, ecx; xgetbv
    code.bytes(0x41, 0x89, 0x40, 0x10); // mov [r8+16], eax
    code.bytes(0x4c, 0x89, 0xcb); // mov rbx, r9
    code.bytes(0xc3); // ret
    return code.toBytes();
  }
}
