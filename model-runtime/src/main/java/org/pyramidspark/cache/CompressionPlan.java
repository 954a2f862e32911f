package org.pyramidspark.cache;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Generated entries are compressed, a group at a time and each once; the prompt's stay. The last
 * token of the prompt counts as step 0.
 *
 * @param compressions in order of their steps
 */
public record CompressionPlan(List<Compression> compressions) implements GenerationPlan {

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

    /** The step after that which appended the last candidate. */
    public int endCandidate() {
      return step - recent;
    }

    /** Weight of the query row of {@code atStep} for every candidate. */
    public float weight(int atStep) {
      return Observation.linspace(distanceWeight, atStep - firstScoringStep(), recent + 1);
    }
  }

  /**
   * Entries that one step's query row scores.
   *
   * @param firstCandidate the step that appended the first of them; the others follow step by step
   * @param weights weight of the query row for each
   */
  public record ScoringWindow(int firstCandidate, float[] weights) {}

  public CompressionPlan {
    compressions = List.copyOf(compressions);
  }

  @Override
  public boolean keepsAll() {
    return compressions.isEmpty();
  }

  /** What the query row of one step scores: the candidates of all compressions that count it. */
  public Optional<ScoringWindow> scoringAt(int step) {
    List<Compression> counting =
        compressions.stream()
            .filter(c -> c.firstScoringStep() <= step && step <= c.step())
            .toList();
    if (counting.isEmpty()) {
      return Optional.empty();
    }
    int first = counting.getFirst().firstCandidate();
    float[] weights = new float[counting.getLast().endCandidate() - first];
    for (Compression compression : counting) {
      Arrays.fill(
          weights,
          compression.firstCandidate() - first,
          compression.endCandidate() - first,
          compression.weight(step));
    }
    return Optional.of(new ScoringWindow(first, weights));
  }

  /** The compression at the end of one step, if any. */
  public Optional<Compression> compressionAt(int step) {
    return compressions.stream().filter(c -> c.step() == step).findFirst();
  }

  @Override
  public int added(int layer, int step) {
    int added = step;
    for (Compression compression : compressions) {
      if (compression.step() <= step) {
        added -= compression.candidates() - compression.kept().get(layer);
      }
    }
    return added;
  }

  @Override
  public int mostAdded(int layer, int steps) {
    // A cache is longest right before it is compressed, and at the end.
    return compressions.stream()
        .filter(compression -> compression.step() <= steps)
        .mapToInt(compression -> added(layer, compression.step() - 1) + 1)
        .reduce(added(layer, steps), Math::max);
  }
}
