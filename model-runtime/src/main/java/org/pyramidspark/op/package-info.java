/**
 * Stage 6 of 10, cache: the PyramidCache op that TensorFlow calls, and its kernels in Java, scalar
 * and vector. May import {@code machinecode}, {@code cache}, {@code config} and {@code errors}
 * only.
 */
package org.pyramidspark.op;
