package org.pyramidspark.machinecode;

/**
 * AVX-512 with vectors of 512 bits; registers go by number, 0 to 31 (EVEX prefix: section 2.7 of
 * the manual).
 */
public final class Avx512Assembler extends VectorAssembler {
  private static final int VECTOR_BYTES = 64;
  private static final int ELEMENT_BYTES = 4;

  @Override
  public int registers() {
    return 32;
  }

  @Override
  public int vectorBytes() {
    return VECTOR_BYTES;
  }

  // Vectors in memory.

  @Override
  public void vmovups(int target, Register base, int offset) {
    evex(MAP_0F, NO_PREFIX, 0x10, target, UNUSED, base, offset, VECTOR_BYTES);
  }

  @Override
  public void vmovups(Register base, int offset, int source) {
    evex(MAP_0F, NO_PREFIX, 0x11, source, UNUSED, base, offset, VECTOR_BYTES);
  }

  @Override
  public void vbroadcastss(int target, Register base, int offset) {
    evex(MAP_0F38, PREFIX_66, 0x18, target, UNUSED, base, offset, ELEMENT_BYTES);
  }

  /** The lower 32 bits of a general register in every lane. */
  public void vpbroadcastd(int target, Register source) {
    prefix(2, MAP_0F38, PREFIX_66, false, target, UNUSED, 0, source.number() >> 3);
    bytes(0x7c, 0xc0 | (target & 7) << 3 | source.number() & 7);
  }

  /** Stores the lowest 4 floats. */
  public void storeFour(Register base, int offset, int source) {
    evexOf(0, MAP_0F, NO_PREFIX, 0x11, source, UNUSED, base, offset, 16);
  }

  /**
   * Rounds the lowest 4 floats to bfloat16 and stores them; changes the register {@code source}.
   */
  public void storeFourRounded(Register base, int offset, int source) {
    evexOf(0, MAP_0F38, PREFIX_F3, false, 0x72, source, UNUSED, source); // vcvtneps2bf16 xmm
    evexOf(0, MAP_0F, PREFIX_66, true, 0xd6, source, UNUSED, base, offset, 8); // vmovq
  }

  /** Rounds 16 floats to bfloat16 and stores them; changes the register {@code source}. */
  public void storeRounded(Register base, int offset, int source) {
    evex(MAP_0F38, PREFIX_F3, 0x72, source, UNUSED, source); // vcvtneps2bf16 ymm, zmm
    evexOf(1, MAP_0F, NO_PREFIX, 0x11, source, UNUSED, base, offset, 32); // vmovups ymm
  }

  /** Stores the lower halves of 16 ints. */
  public void vpmovdw(Register base, int offset, int source) {
    evex(MAP_0F38, PREFIX_F3, 0x33, source, UNUSED, base, offset, VECTOR_BYTES / 2);
  }

  // Arithmetic.

  @Override
  public void zero(int target) {
    evex(MAP_0F, PREFIX_66, 0xef, target, target, target); // vpxord
  }

  public void vaddps(int target, int left, int right) {
    evex(MAP_0F, NO_PREFIX, 0x58, target, left, right);
  }

  @Override
  public void vaddps(int target, int left, Register base, int offset) {
    evex(MAP_0F, NO_PREFIX, 0x58, target, left, base, offset, VECTOR_BYTES);
  }

  @Override
  public void vfmadd231ps(int target, int left, int right) {
    evex(MAP_0F38, PREFIX_66, 0xb8, target, left, right);
  }

  /** target = target * left + right, 16 floats. */
  public void vfmadd213ps(int target, int left, int right) {
    evex(MAP_0F38, PREFIX_66, 0xa8, target, left, right);
  }

  public void vsubps(int target, int left, int right) {
    evex(MAP_0F, NO_PREFIX, 0x5c, target, left, right);
  }

  public void vmovaps(int target, int source) {
    evex(MAP_0F, NO_PREFIX, 0x28, target, UNUSED, source);
  }

  /** The smaller of signed ints. */
  public void vpminsd(int target, int left, int right) {
    evex(MAP_0F38, PREFIX_66, 0x39, target, left, right);
  }

  /** Sets bit i of {@code target} where left and right have no bit of int i in common. */
  public void vptestnmd(Register target, int left, int right) {
    int mask = 1;
    evex(MAP_0F38, PREFIX_F3, 0x27, mask, left, right);
    bytes(0xc5, 0xf8, 0x93, 0xc0 | (target.number() & 7) << 3 | mask); // kmovw
  }

  /** Lane by lane, target += sum of the two products of left's and right's pairs of bfloat16. */
  public void vdpbf16ps(int target, int left, int right) {
    evex(MAP_0F38, PREFIX_F3, 0x52, target, left, right);
  }

  /** Sets all bits. */
  public void ones(int target) {
    evex(MAP_0F3A, PREFIX_66, 0x25, target, target, target); // vpternlogd
    bytes(0xff);
  }

  public void vpandd(int target, int left, int right) {
    evex(MAP_0F, PREFIX_66, 0xdb, target, left, right);
  }

  public void vpord(int target, int left, int right) {
    evex(MAP_0F, PREFIX_66, 0xeb, target, left, right);
  }

  public void vpaddd(int target, int left, int right) {
    evex(MAP_0F, PREFIX_66, 0xfe, target, left, right);
  }

  @Override
  public void vmulps(int target, int left, Register base, int offset) {
    evex(MAP_0F, NO_PREFIX, 0x59, target, left, base, offset, VECTOR_BYTES);
  }

  @Override
  public void vcvtdq2ps(int target, int source) {
    evex(MAP_0F, NO_PREFIX, 0x5b, target, UNUSED, source);
  }

  @Override
  public void vpslld(int target, int source, int bits) {
    evex(MAP_0F, PREFIX_66, 0x72, 6, target, source);
    bytes(bits);
  }

  @Override
  public void vpsrad(int target, int source, int bits) {
    evex(MAP_0F, PREFIX_66, 0x72, 4, target, source);
    bytes(bits);
  }

  @Override
  public void vpsrld(int target, int source, int bits) {
    evex(MAP_0F, PREFIX_66, 0x72, 2, target, source);
    bytes(bits);
  }

  // Shuffles.

  public void vunpcklps(int target, int left, int right) {
    evex(MAP_0F, NO_PREFIX, 0x14, target, left, right);
  }

  public void vunpckhps(int target, int left, int right) {
    evex(MAP_0F, NO_PREFIX, 0x15, target, left, right);
  }

  public void vunpcklpd(int target, int left, int right) {
    evexOf(2, MAP_0F, PREFIX_66, true, 0x14, target, left, right);
  }

  public void vunpckhpd(int target, int left, int right) {
    evexOf(2, MAP_0F, PREFIX_66, true, 0x15, target, left, right);
  }

  /** Quarters of 4 floats: two of {@code left}, then two of {@code right}, by 2 bits each. */
  public void vshuff32x4(int target, int left, int right, int quarters) {
    evex(MAP_0F3A, PREFIX_66, 0x23, target, left, right);
    bytes(quarters);
  }

  // Encoding.

  private void evex(int map, int prefix, int opcode, int reg, int second, int rm) {
    evexOf(2, map, prefix, false, opcode, reg, second, rm);
  }

  private void evex(
      int map, int prefix, int opcode, int reg, int second, Register base, int offset, int unit) {
    evexOf(2, map, prefix, opcode, reg, second, base, offset, unit);
  }

  /**
   * Three registers.
   *
   * @param length 0 for 128 bits, 1 for 256, 2 for 512
   */
  private void evexOf(
      int length, int map, int prefix, boolean wide, int opcode, int reg, int second, int rm) {
    prefix(length, map, prefix, wide, reg, second, rm >> 4 & 1, rm >> 3 & 1);
    bytes(opcode, 0xc0 | (reg & 7) << 3 | rm & 7);
  }

  private void evexOf(
      int length,
      int map,
      int prefix,
      int opcode,
      int reg,
      int second,
      Register base,
      int offset,
      int unit) {
    evexOf(length, map, prefix, false, opcode, reg, second, base, offset, unit);
  }

  /**
   * Two registers and memory. An offset that is a small multiple of the operand's size takes one
   * byte.
   */
  private void evexOf(
      int length,
      int map,
      int prefix,
      boolean wide,
      int opcode,
      int reg,
      int second,
      Register base,
      int offset,
      int unit) {
    prefix(length, map, prefix, wide, reg, second, 0, base.number() >> 3);
    int modRm = (reg & 7) << 3 | base.number() & 7;
    int units = offset / unit;
    if (offset % unit == 0 && units == (byte) units) {
      bytes(opcode, 0x40 | modRm, units);
    } else {
      bytes(opcode, 0x80 | modRm);
      int32(offset);
    }
  }

  /** The four bytes of EVEX; register numbers' upper bits are stored inverted. */
  private void prefix(
      int length, int map, int prefix, boolean wide, int reg, int second, int x, int b) {
    int r = reg >> 3 & 1;
    int rr = reg >> 4 & 1;
    bytes(
        0x62,
        (r ^ 1) << 7 | (x ^ 1) << 6 | (b ^ 1) << 5 | (rr ^ 1) << 4 | map,
        (wide ? 1 : 0) << 7 | (~second & 15) << 3 | 4 | prefix,
        length << 5 | (second >> 4 & 1 ^ 1) << 3);
  }
}
