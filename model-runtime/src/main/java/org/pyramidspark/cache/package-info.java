/**
 * Stage 6 of 10, cache: policies (what a KV cache keeps, from lengths alone) and the off-heap paged
 * KV cache itself. May import {@code config} and {@code errors} only.
 */
package org.pyramidspark.cache;
