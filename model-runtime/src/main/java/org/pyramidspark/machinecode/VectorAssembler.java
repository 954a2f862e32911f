package org.pyramidspark.machinecode;

/** What vectors of 256 and of 512 bits have in common: arithmetic of float32 and of ints. */
public abstract sealed class VectorAssembler extends Assembler
    permits Avx2Assembler, Avx512Assembler {

  /** Vector registers; they go by number, from 0. */
  public abstract int registers();

  /** Bytes of a vector. */
  public abstract int vectorBytes();

  /** Loads a vector of floats. */
  public abstract void vmovups(int target, Register base, int offset);

  /** Stores a vector of floats. */
  public abstract void vmovups(Register base, int offset, int source);

  /** Loads 4 bytes into every lane. */
  public abstract void vbroadcastss(int target, Register base, int offset);

  public abstract void zero(int target);

  public abstract void vaddps(int target, int left, Register base, int offset);

  public abstract void vmulps(int target, int left, Register base, int offset);

  /** Ints to floats. */
  public abstract void vcvtdq2ps(int target, int source);

  public abstract void vpslld(int target, int source, int bits);

  public abstract void vpsrld(int target, int source, int bits);

  /** Shifts copies of the sign in from the left. */
  public abstract void vpsrad(int target, int source, int bits);

  /** target += left * right, floats. */
  public abstract void vfmadd231ps(int target, int left, int right);
}
