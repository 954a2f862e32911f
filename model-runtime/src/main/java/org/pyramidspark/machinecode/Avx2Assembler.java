package org.pyramidspark.machinecode;

/**
 * AVX2 and FMA with vectors of 256 bits; registers go by number, 0 to 15 (VEX prefix: section 2.3
 * of the manual).
 */
public final class Avx2Assembler extends VectorAssembler {
  private static final int BITS_256 = 1;
  private static final int VECTOR_BYTES = 32;

  @Override
  public int registers() {
    return 16;
  }

  @Override
  public int vectorBytes() {
    return VECTOR_BYTES;
  }

  // Vectors in memory.

  @Override
  public void vmovups(int target, Register base, int offset) {
    vex(MAP_0F, NO_PREFIX, 0x10, target, UNUSED, base, offset);
  }

  @Override
  public void vmovups(Register base, int offset, int source) {
    vex(MAP_0F, NO_PREFIX, 0x11, source, UNUSED, base, offset);
  }

  @Override
  public void vbroadcastss(int target, Register base, int offset) {
    vex(MAP_0F38, PREFIX_66, 0x18, target, UNUSED, base, offset);
  }

  /** Loads 8 shorts into the lower halves of 8 ints. */
  public void vpmovzxwd(int target, Register base, int offset) {
    vex(MAP_0F38, PREFIX_66, 0x33, target, UNUSED, base, offset);
  }

  // Arithmetic.

  @Override
  public void zero(int target) {
    vex(MAP_0F, NO_PREFIX, 0x57, target, target, target); // vxorps
  }

  @Override
  public void vaddps(int target, int left, Register base, int offset) {
    vex(MAP_0F, NO_PREFIX, 0x58, target, left, base, offset);
  }

  @Override
  public void vmulps(int target, int left, Register base, int offset) {
    vex(MAP_0F, NO_PREFIX, 0x59, target, left, base, offset);
  }

  @Override
  public void vcvtdq2ps(int target, int source) {
    vex(MAP_0F, NO_PREFIX, 0x5b, target, UNUSED, source);
  }

  @Override
  public void vfmadd231ps(int target, int left, int right) {
    vex(MAP_0F38, PREFIX_66, 0xb8, target, left, right);
  }

  /** Sets all bits where left and right are equal: everywhere, for a register and itself. */
  public void vpcmpeqd(int target, int left, int right) {
    vex(MAP_0F, PREFIX_66, 0x76, target, left, right);
  }

  public void vpand(int target, int left, int right) {
    vex(MAP_0F, PREFIX_66, 0xdb, target, left, right);
  }

  public void vpaddd(int target, int left, int right) {
    vex(MAP_0F, PREFIX_66, 0xfe, target, left, right);
  }

  @Override
  public void vpslld(int target, int source, int bits) {
    vex(MAP_0F, PREFIX_66, 0x72, 6, target, source);
    bytes(bits);
  }

  @Override
  public void vpsrld(int target, int source, int bits) {
    vex(MAP_0F, PREFIX_66, 0x72, 2, target, source);
    bytes(bits);
  }

  @Override
  public void vpsrad(int target, int source, int bits) {
    vex(MAP_0F, PREFIX_66, 0x72, 4, target, source);
    bytes(bits);
  }

  // Shuffles.

  /** 8 ints of left and 8 of right to 16 shorts: in each half, 4 of left, then 4 of right. */
  public void vpackusdw(int target, int left, int right) {
    vex(MAP_0F38, PREFIX_66, 0x2b, target, left, right);
  }

  /** Quarters of 8 bytes of source, by 2 bits each. */
  public void vpermq(int target, int source, int quarters) {
    prefix(MAP_0F3A, PREFIX_66, 1, target, UNUSED, source >> 3);
    bytes(0x00, 0xc0 | (target & 7) << 3 | source & 7, quarters);
  }

  // Encoding.

  /** Three registers. */
  private void vex(int map, int prefix, int opcode, int reg, int second, int rm) {
    prefix(map, prefix, 0, reg, second, rm >> 3);
    bytes(opcode, 0xc0 | (reg & 7) << 3 | rm & 7);
  }

  /** Two registers and memory. */
  private void vex(
      int map, int prefix, int opcode, int reg, int second, Register base, int offset) {
    prefix(map, prefix, 0, reg, second, base.number() >> 3);
    int modRm = (reg & 7) << 3 | base.number() & 7;
    if (offset == (byte) offset) {
      bytes(opcode, 0x40 | modRm, offset);
    } else {
      bytes(opcode, 0x80 | modRm);
      int32(offset);
    }
  }

  /** The three bytes of VEX; register numbers' upper bits are stored inverted. */
  private void prefix(int map, int prefix, int wide, int reg, int second, int b) {
    bytes(
        0xc4,
        (reg >> 3 ^ 1) << 7 | 1 << 6 | (b ^ 1) << 5 | map,
        wide << 7 | (~second & 15) << 3 | BITS_256 << 2 | prefix);
  }
}
