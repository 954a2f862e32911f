package org.pyramidspark.calibration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pyramidspark.cache.NamedPolicy;

/**
 * Looks for the settings of least cost whose loss is within a limit: goes along each line by
 * halves, all lines at once, and gives a line up when it cannot become better than what was found.
 * The same figures lead to the same rounds, so a search that was stopped goes on by being told what
 * was found before. Used by one thread.
 */
public final class SettingsSearch {
  /** Halvings of a line: its strength is known to a sixteenth then. */
  private static final int ROUNDS = 4;

  private static final Comparator<TrialFigures> CHEAPEST_FIRST =
      Comparator.comparingDouble(TrialFigures::cost)
          .thenComparingDouble(figures -> figures.loss().mean());

  private final double maxLoss;
  private final List<Progress> lines;
  private final List<TrialFigures> accepted = new ArrayList<>();
  private int round;

  /** How far a line is: settings up to {@code low} were within the limit, from {@code high} not. */
  private static final class Progress {
    private final SettingsLine line;
    private double low = 0;
    private double high = 1;
    private double leastCost = 0;

    Progress(SettingsLine line) {
      this.line = line;
    }

    private double middle() {
      return (low + high) / 2;
    }

    private NamedPolicy candidate() {
      return line.at(middle());
    }

    private void add(TrialFigures figures, boolean within) {
      if (within) {
        low = middle();
      } else {
        high = middle();
        // All that is left is milder, and so costs more.
        leastCost = figures.cost();
      }
    }
  }

  /**
   * @param maxLoss mean KL divergence over rows that is allowed, nats
   */
  public SettingsSearch(SearchSpace space, double maxLoss) {
    this.maxLoss = maxLoss;
    this.lines = new ArrayList<>(space.lines().stream().map(Progress::new).toList());
  }

  /** The settings to try next, each once; none at the end. */
  public List<NamedPolicy> next() {
    return round == ROUNDS
        ? List.of()
        : lines.stream().map(Progress::candidate).distinct().toList();
  }

  /**
   * Takes a round's figures.
   *
   * @param figures of all that {@link #next} asked for, by the policy's name; may have others
   */
  public void add(Map<String, TrialFigures> figures) {
    for (Progress line : lines) {
      TrialFigures found = figures.get(line.candidate().name());
      boolean within = found.loss().mean() <= maxLoss;
      if (within && !accepted.contains(found)) {
        accepted.add(found);
      }
      line.add(found, within);
    }
    best().ifPresent(best -> lines.removeIf(line -> line.leastCost >= best.cost()));
    round++;
  }

  /** The cheapest settings within the limit, if there are any yet. */
  public Optional<TrialFigures> best() {
    return accepted.stream().min(CHEAPEST_FIRST);
  }
}
