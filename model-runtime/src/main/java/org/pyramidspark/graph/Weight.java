package org.pyramidspark.graph;

import java.util.List;

/**
 * One weight of the graph: which tensors of the checkpoint it is made of, and how it lies in
 * memory.
 *
 * @param name the variable's name
 * @param parts the tensors, {@code [out, in]} each, joined along {@code out}
 * @param in input width; 1-dimensional weights have {@code in} only and {@code out} 0
 * @param out output width, of all parts together
 * @param transposed whether the variable is {@code [out, in]}, as the checkpoint has it, rather
 *     than {@code [in, out]}
 */
record Weight(String name, List<Part> parts, int in, int out, boolean transposed) {

  /**
   * @param tensor name in the checkpoint
   * @param out its output width
   * @param rotatedHeads number of heads whose rows are rotated, so that their order may have to
   *     change; 0 for none
   */
  record Part(String tensor, int out, int rotatedHeads) {}

  Weight {
    parts = List.copyOf(parts);
  }

  /** A projection out of one tensor. */
  static Weight projection(String tensor, int in, int out, boolean transposed) {
    return new Weight(tensor, List.of(new Part(tensor, out, 0)), in, out, transposed);
  }
}
