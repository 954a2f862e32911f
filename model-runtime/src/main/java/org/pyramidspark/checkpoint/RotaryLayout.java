package org.pyramidspark.checkpoint;

/** Where the two components of a rotated pair lie within a head of size d. */
public enum RotaryLayout {
  /** Pairs (2i, 2i + 1), as GGUF stores Llama models. */
  INTERLEAVED,
  /** Pairs (i, i + d / 2), as Hugging Face stores them. */
  HALF_SPLIT
}
