/**
 * Stages 5 and 7 of 10, prefill and decode: the Llama family as one TensorFlow graph, whose
 * attention is the cache op. Owns graph, session, variables and tensors. May import {@code op},
 * {@code cache}, {@code checkpoint}, {@code config} and {@code errors} only.
 */
package org.pyramidspark.graph;
