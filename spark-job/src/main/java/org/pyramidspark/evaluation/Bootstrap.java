package org.pyramidspark.evaluation;

import java.io.Serializable;
import org.pyramidspark.errors.InvalidInputException;

/**
 * How rows are resampled.
 *
 * @param resamples how often, 100 to 100,000
 * @param seed start of all random numbers
 */
public record Bootstrap(int resamples, long seed) implements Serializable {
  /** Tasks times resamples: some 80 MB for each core that sums up two runs by ROUGE and F1. */
  static final int MOST_SUMS = 500_000;

  public Bootstrap {
    if (resamples < 100 || resamples > 100_000) {
      throw InvalidInputException.of("Option --resamples is %d; give 100 to 100000.", resamples);
    }
  }

  /** The most tasks whose sums a core may hold. */
  int mostTasks() {
    return MOST_SUMS / resamples;
  }
}
