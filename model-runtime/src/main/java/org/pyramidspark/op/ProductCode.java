package org.pyramidspark.op;

import org.pyramidspark.machinecode.Processor;

/** Where the products of attention have machine code of ours in place of the Vector API. */
enum ProductCode {
  /** Nowhere. */
  NONE(""),
  /** Float32 tiles, for AVX2: its 16 registers are too few for the compiler's ways. */
  AVX2("-avx2"),
  /** Everything that may be rounded to bfloat16, for AVX-512's dot products. */
  BFLOAT16_DOTS("-bf16");

  private final String suffix;

  ProductCode(String suffix) {
    this.suffix = suffix;
  }

  /** What a kernel's name ends with. */
  String suffix() {
    return suffix;
  }

  /** The best of a machine. */
  static ProductCode of(Processor processor) {
    if (processor.bfloat16Dots()) {
      return BFLOAT16_DOTS;
    }
    return processor.vectors256() && !processor.vectors512() ? AVX2 : NONE;
  }
}
