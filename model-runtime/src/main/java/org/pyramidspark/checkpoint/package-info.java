/**
 * Before stage 1: the model on disk. Reads checkpoints (GGUF) into sizes, vocabulary and float32
 * tensors, and fetches known models. May import {@code config} and {@code errors} only.
 */
package org.pyramidspark.checkpoint;
