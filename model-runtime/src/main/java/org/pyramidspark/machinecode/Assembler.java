package org.pyramidspark.machinecode;

import java.util.Arrays;

/**
 * Writes x86-64 machine code: the instructions that our loops need, no more. This much is the same
 * for vectors of any width; subclasses add these. Names are Intel's, operands in Intel's order,
 * target first (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2).
 */
public sealed class Assembler permits VectorAssembler {
  static final int MAP_0F = 1;
  static final int MAP_0F38 = 2;
  static final int MAP_0F3A = 3;
  static final int NO_PREFIX = 0;
  static final int PREFIX_66 = 1;
  static final int PREFIX_F3 = 2;
  static final int UNUSED = 0;

  private byte[] code = new byte[1024];
  private int size;

  /** The code so far. */
  public byte[] toBytes() {
    return Arrays.copyOf(code, size);
  }

  /** A place in the code to jump to. */
  public record Label(int position) {}

  /** The place of the next instruction. */
  public Label here() {
    return new Label(size);
  }

  // General registers.

  public void mov(Register target, Register source) {
    general(0x89, source.number(), target.number());
  }

  /** Sets the lower 32 bits; the upper ones become 0. */
  public void mov(Register target, int constant) {
    if (target.number() > 7) {
      bytes(0x41);
    }
    bytes(0xb8 | target.number() & 7);
    int32(constant);
  }

  public void add(Register target, Register source) {
    general(0x01, source.number(), target.number());
  }

  public void add(Register target, int constant) {
    general(0x81, 0, target.number());
    int32(constant);
  }

  /** Subtracts and sets the zero flag. */
  public void sub(Register target, int constant) {
    general(0x81, 5, target.number());
    int32(constant);
  }

  public void sub(Register target, Register source) {
    general(0x29, source.number(), target.number());
  }

  public void and(Register target, int constant) {
    general(0x81, 4, target.number());
    int32(constant);
  }

  /** Shifts zeros in from the left. */
  public void shiftRight(Register target, int bits) {
    general(0xc1, 5, target.number());
    bytes(bits);
  }

  /** {@code opcode reg, rm} of 64 bits, both registers. */
  private void general(int opcode, int reg, int rm) {
    bytes(0x48 | reg >> 3 << 2 | rm >> 3, opcode, 0xc0 | (reg & 7) << 3 | rm & 7);
  }

  /** Jumps back while the last subtraction did not give zero. */
  public void jumpIfNotZero(Label target) {
    bytes(0x0f, 0x85);
    int32(target.position() - (size + 4));
  }

  public void ret() {
    bytes(0xc5, 0xf8, 0x77); // vzeroupper
    bytes(0xc3);
  }

  /**
   * Asks for the cache line at an address, in the first-level cache; an address that is not there
   * does no harm.
   */
  public void prefetch(Register base, int offset) {
    prefetch(1, base, offset);
  }

  /** The same, in the second-level cache. */
  public void prefetchFar(Register base, int offset) {
    prefetch(2, base, offset);
  }

  private void prefetch(int hint, Register base, int offset) {
    if (base.number() > 7) {
      bytes(0x41);
    }
    bytes(0x0f, 0x18, 0x80 | hint << 3 | base.number() & 7);
    int32(offset);
  }

  final void int32(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  final void bytes(int... values) {
    if (size + values.length > code.length) {
      code = Arrays.copyOf(code, 2 * code.length);
    }
    for (int value : values) {
      code[size++] = (byte) value;
    }
  }
}
