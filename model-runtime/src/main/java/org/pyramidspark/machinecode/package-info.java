/**
 * Beneath stage 6 of 10, cache: machine code made at run time, for the few inner loops whose
 * instructions the Vector API does not have (bfloat16 dot products, prefetching), or whose vectors
 * the compiler does not keep in AVX2's 16 registers. An assembler for just these instructions,
 * memory to run them in, and what the processor can do. May import nothing of ours.
 */
package org.pyramidspark.machinecode;
