package org.pyramidspark.op;

import org.pyramidspark.machinecode.Avx2Assembler;
import org.pyramidspark.machinecode.Avx512Assembler;
import org.pyramidspark.machinecode.Processor;
import org.pyramidspark.machinecode.VectorAssembler;

/** Where the products of attention have machine code of ours in place of the Vector API. */
enum ProductCode {
  /** Nowhere. */
  NONE(""),
  /** Float32 tiles and pages of any type; 16 registers are too few for the compiler's ways. */
  AVX2("-avx2"),
  /** The same, with wider tiles. */
  AVX512("-avx512"),
  /** And AVX-512's dot products for everything that may be rounded to bfloat16. */
  BFLOAT16_DOTS("-bf16");

  private final String suffix;

  ProductCode(String suffix) {
    this.suffix = suffix;
  }

  /** What a kernel's name ends with. */
  String suffix() {
    return suffix;
  }

  /** A new assembler of the widest vectors; none for {@link #NONE}. */
  VectorAssembler assembler() {
    return switch (this) {
      case NONE -> throw new IllegalStateException("Without machine code there is no assembler.");
      case AVX2 -> new Avx2Assembler();
      case AVX512, BFLOAT16_DOTS -> new Avx512Assembler();
    };
  }

  /** Whether it is for AVX-512. */
  boolean isWide() {
    return this == AVX512 || this == BFLOAT16_DOTS;
  }

  /** Whether heads of a size are whole vectors, as float32 pages want them. */
  boolean takesHeads(int headSize) {
    return this != NONE && Float.BYTES * headSize % assembler().vectorBytes() == 0;
  }

  /** The best of a machine. */
  static ProductCode of(Processor processor) {
    if (processor.bfloat16Dots()) {
      return BFLOAT16_DOTS;
    }
    if (processor.vectors512()) {
      return AVX512;
    }
    return processor.vectors256() ? AVX2 : NONE;
  }
}
