package org.pyramidspark.op;

/** What the time of an engine goes into. */
public enum StepPart {
  /** TensorFlow's MatMuls, with the dispatch of their nodes. */
  MATMUL("MatMul (TensorFlow)"),
  /** MatMuls in our kernels: of few rows, or of all. */
  PROJECTION("MatMul (projections)"),
  /** Rotating and storing keys and values, in steps without generated tokens. */
  APPEND("append to the KV cache"),
  /** Attention of prompts. */
  PREFILL_ATTENTION("attention of prompts"),
  /** Weighting and adding up prompts' attention to score the context. */
  SCORING("scoring"),
  /** Attention of generated tokens, and storing keys and values in their steps. */
  DECODE_ATTENTION("attention of generated tokens"),
  /** Choice of the pivotal context, and dropping the rest. */
  SELECTION("selection"),
  /** Embedding lookup, residual additions, norms and SwiGLU. */
  NORM_AND_ACTIVATION("norms and activations"),
  /** Choosing tokens and looking for stops. */
  SAMPLING("sampling"),
  /** TensorFlow's own time between kernels of ours. */
  DISPATCH("dispatch (TensorFlow)"),
  /** Scheduling, and waiting for requests. */
  IDLE("idle");

  private final String label;

  StepPart(String label) {
    this.label = label;
  }

  /** The name used in reports. */
  public String label() {
    return label;
  }
}
