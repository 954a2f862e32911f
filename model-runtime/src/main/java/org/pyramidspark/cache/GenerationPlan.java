package org.pyramidspark.cache;

import java.util.List;

/**
 * When generated entries are compressed. Step s appends the entry of generated token s (counted from
 * 1); the prompt's last token counts as 0. When compression happens depends on lengths and settings
 * alone, so the whole plan is known when a sequence starts.
 *
 * @param compressions in order of their steps
 */
public record GenerationPlan(List<Compression> compressions) {

  /**
   * One compression, in all layers at once.
   *
   * @param step the step at whose end it happens
   * @param recent r: the entries of the last r + 1 steps stay, and their query rows score
   * @param candidates entries right before these, each with {@code recent + 1} scoring rows
   * @param distanceWeight weight of the last scoring row, the first has 1
   * @param kept candidates that stay, by layer
   */
  public record Compression(
      int step, int recent, int candidates, double distanceWeight, List<Integer> kept) {

    public Compression {
      kept = List.copyOf(kept);
    }

    /** The first step whose query row scores the candidates. */
    public int firstScoringStep() {
      return step - recent;
    }

    /** The step that appended the first candidate. */
    public int firstCandidate() {
      return step - recent - candidates;
    }

    /** Weight of the query row of {@code atStep} for every candidate. */
    public float weight(int atStep) {
      return LayerPlan.linspace(distanceWeight, atStep - firstScoringStep(), recent + 1);
    }
  }

  /** Nothing is ever compressed. */
  static final GenerationPlan NONE = new GenerationPlan(List.of());

  public GenerationPlan {
    compressions = List.copyOf(compressions);
  }
}
