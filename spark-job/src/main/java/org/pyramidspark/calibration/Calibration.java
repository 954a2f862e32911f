package org.pyramidspark.calibration;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Runs a search to its end and checks its result on rows that it did not see. Rounds whose trials
 * the folder holds are not made again. Used by one thread.
 */
public final class Calibration {
  /** Settings that are checked before the search is given up: each costs all rows of the check. */
  private static final int MOST_CHECKS = 5;

  private final CalibrationFolder folder;
  private final SearchSpace space;
  private final double maxLoss;
  private final Map<String, TrialFigures> searched = new LinkedHashMap<>();
  private final List<TrialFigures> checks = new ArrayList<>();
  private int searchRounds;

  /** Tries policies on rows. */
  public interface Trials {
    /**
     * @param round what the trials are for, for people
     * @param onCheckRows whether on the rows that are kept from the search
     */
    List<RowTrial> run(String round, List<NamedPolicy> policies, boolean onCheckRows);
  }

  public Calibration(CalibrationFolder folder, SearchSpace space, double maxLoss) {
    this.folder = folder;
    this.space = space;
    this.maxLoss = maxLoss;
  }

  /**
   * Where the settings that were found lose too much on the other rows, the rows of the search are
   * easier than those: settings are looked for that lose as much less on them.
   *
   * @return the cheapest settings that are within the limit on both kinds of rows, if there are any
   * @throws InvalidInputException if no row can be tried
   */
  public Optional<NamedPolicy> run(Trials trials) throws IOException {
    double limit = maxLoss;
    while (checks.size() < MOST_CHECKS) {
      Optional<TrialFigures> best = search(limit, trials);
      if (best.isEmpty()) {
        return Optional.empty();
      }
      NamedPolicy policy = NamedPolicy.parse(best.get().policy());
      double lost = check(policy, trials).loss().mean();
      if (lost <= maxLoss) {
        return Optional.of(policy);
      }
      limit = best.get().loss().mean() * maxLoss / lost;
    }
    return Optional.empty();
  }

  /** The cheapest settings within a limit on the rows to search on. */
  private Optional<TrialFigures> search(double limit, Trials trials) throws IOException {
    SettingsSearch search = new SettingsSearch(space, limit);
    for (List<NamedPolicy> asked = search.next(); !asked.isEmpty(); asked = search.next()) {
      List<NamedPolicy> unknown =
          asked.stream().filter(policy -> !searched.containsKey(policy.name())).toList();
      if (!unknown.isEmpty()) {
        searched.putAll(figures("search-" + ++searchRounds, unknown, trials, false));
      }
      search.add(searched);
    }
    return search.best();
  }

  private TrialFigures check(NamedPolicy policy, Trials trials) throws IOException {
    String round = "check-" + (checks.size() + 1);
    TrialFigures check = figures(round, List.of(policy), trials, true).get(policy.name());
    checks.add(check);
    return check;
  }

  private Map<String, TrialFigures> figures(
      String round, List<NamedPolicy> policies, Trials trials, boolean onCheckRows)
      throws IOException {
    Optional<List<RowTrial>> known = folder.trials(round);
    List<RowTrial> made =
        known.isPresent() ? known.get() : trials.run(round, policies, onCheckRows);
    Map<String, List<RowTrial>> byPolicy =
        made.stream().collect(Collectors.groupingBy(RowTrial::policy));
    for (NamedPolicy policy : policies) {
      if (!byPolicy.containsKey(policy.name())) {
        throw InvalidInputException.of(
            "No row could be tried under %s in %s; give the engine more memory (--kv-budget), or"
                + " shorter prompts (--max-prompt-tokens).",
            policy.name(), round);
      }
    }
    if (known.isEmpty()) {
      folder.keep(round, made);
    }
    Map<String, TrialFigures> figures = new LinkedHashMap<>();
    policies.forEach(
        policy -> figures.put(policy.name(), TrialFigures.of(byPolicy.get(policy.name()))));
    return figures;
  }

  /** What was found on the rows that were searched on, the cheapest settings first. */
  public List<CalibrationReport.Trial> search() {
    return searched.values().stream()
        .sorted((one, other) -> Double.compare(one.cost(), other.cost()))
        .map(figures -> CalibrationReport.Trial.of(figures, maxLoss))
        .toList();
  }

  /** What was found on the other rows, in the order of trying. */
  public List<CalibrationReport.Trial> checks() {
    return checks.stream().map(figures -> CalibrationReport.Trial.of(figures, maxLoss)).toList();
  }
}
