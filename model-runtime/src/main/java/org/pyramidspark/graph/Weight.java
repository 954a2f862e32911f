package org.pyramidspark.graph;

import java.util.List;
import org.pyramidspark.op.WeightLayout;

/**
 * One weight of the graph: which tensors of the checkpoint it is made of, and how it lies in
 * memory.
 *
 * @param name the variable's name
 * @param parts the tensors, {@code [out, in]} each, joined along {@code out}
 * @param in input width; 1-dimensional weights have {@code in} only and {@code out} 0
 * @param out output width, of all parts together
 * @param layout in which order the variable's elements lie
 */
record Weight(String name, List<Part> parts, int in, int out, WeightLayout layout) {

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
  static Weight projection(String tensor, int in, int out, WeightLayout layout) {
    return new Weight(tensor, List.of(new Part(tensor, out, 0)), in, out, layout);
  }
}
