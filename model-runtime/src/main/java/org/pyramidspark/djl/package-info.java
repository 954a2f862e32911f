/**
 * A door on the engine for users of DJL, the Deep Java Library: {@code
 * Criteria.builder().optEngine("PyramidInfer")}. All predictors of a model, in all threads, feed
 * its one engine; the rows of a {@code batchPredict} run in the engine's batches together. May
 * import {@code engine}, {@code tokens}, {@code checkpoint}, {@code cache}, {@code config}, {@code
 * errors} and DJL; nothing may import it.
 */
package org.pyramidspark.djl;
