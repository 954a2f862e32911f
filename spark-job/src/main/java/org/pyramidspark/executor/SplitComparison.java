package org.pyramidspark.executor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.comparison.ComparedExample;
import org.pyramidspark.comparison.ComparedRow;
import org.pyramidspark.comparison.ComparisonAccumulator;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.TrialRequest;
import org.pyramidspark.engine.TrialResult;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.DrawnRows;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.prompts.SplitRows;

/**
 * Compares policies on one split, on an engine that nobody else uses meanwhile: first completes all
 * rows, policy by policy, then tries all policies on each row as its lines are asked for. Holds the
 * split's prompts and completions. Used by one thread.
 */
final class SplitComparison implements Iterator<List<ComparedRow>> {
  private final LoadedModel model;
  private final ComparisonSettings settings;
  private final ComparisonAccumulator totals;
  private final ComparedRowMaker maker;
  private final ComparedExampleMaker exampleMaker;
  private final DrawnRows<ComparedExample> examples;
  private final Queue<PromptRow.Invalid> failed = new ArrayDeque<>();
  private final Queue<ComparedPrompt> prompts;
  private final Map<NamedPolicy, PolicyPass> passes = new LinkedHashMap<>();

  /**
   * Reads the split and completes its rows.
   *
   * @param turn with which policy to begin, so that none is the first in every split
   */
  SplitComparison(
      SplitRows rows,
      int turn,
      LoadedModel model,
      ComparisonSettings settings,
      ComparisonAccumulator totals) {
    this.model = model;
    this.settings = settings;
    this.totals = totals;
    this.maker = new ComparedRowMaker(settings);
    this.exampleMaker = new ComparedExampleMaker(model.tokenizer());
    this.examples = new DrawnRows<>(totals.shown());
    this.prompts = ComparedPrompt.read(rows, model, settings.rows(), examples::wants, failed::add);
    if (!prompts.isEmpty()) {
      complete(turn);
    }
  }

  private void complete(int turn) {
    List<NamedPolicy> order = new ArrayList<>(settings.policies());
    Collections.rotate(order, -turn);
    for (NamedPolicy policy : order) {
      if (model.isNew(policy.policy())) {
        PolicyPass.warmUp(model, policy.policy(), prompts.element());
      }
    }
    for (NamedPolicy policy : order) {
      PolicyPass pass = PolicyPass.of(model, policy.policy(), prompts, this::count);
      passes.put(policy, pass);
      totals.add(sums -> sums.add(policy.name(), pass.time()));
    }
  }

  private void count(GenerationResult result) {
    totals.add(sums -> sums.addWork(1, result.promptTokens(), result.generatedTokens()));
  }

  @Override
  public boolean hasNext() {
    return !failed.isEmpty() || !prompts.isEmpty();
  }

  /** The lines of one row: one for each policy, or one that says why there are none. */
  @Override
  public List<ComparedRow> next() {
    List<ComparedRow> lines = nextLines();
    if (!hasNext()) {
      totals.add(sums -> sums.add(examples));
    }
    return lines;
  }

  private List<ComparedRow> nextLines() {
    if (!failed.isEmpty()) {
      // Neither completed nor tried.
      return fail(failed.remove(), 2);
    }
    if (prompts.isEmpty()) {
      throw new NoSuchElementException();
    }
    ComparedPrompt prompt = prompts.remove();
    List<GenerationResult> results =
        settings.policies().stream()
            .map(policy -> passes.get(policy).results().remove(prompt.request().id()))
            .toList();
    Optional<String> problem = problem(results);
    return problem.isPresent()
        ? fail(engineError(prompt, problem.get()), 1)
        : compare(prompt, results);
  }

  /** What the first policy that could not complete the row says. */
  private Optional<String> problem(List<GenerationResult> results) {
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i).error().isPresent()) {
        return Optional.of(
            "policy %s: %s"
                .formatted(settings.policies().get(i).name(), results.get(i).error().get()));
      }
    }
    return Optional.empty();
  }

  private static PromptRow.Invalid engineError(ComparedPrompt prompt, String problem) {
    return prompt.row().failed(RowError.Kind.ENGINE, problem);
  }

  private List<ComparedRow> fail(PromptRow.Invalid row, int stagesLeft) {
    totals.add(
        sums -> {
          sums.add(row.id(), row.error());
          sums.addWork((long) stagesLeft * settings.policies().size(), 0, 0);
        });
    return List.of(ComparedRow.failed(row.id(), row.error().message()));
  }

  private List<ComparedRow> compare(ComparedPrompt prompt, List<GenerationResult> results) {
    TrialRequest request = trial(prompt, results.getFirst());
    TrialResult trial;
    try {
      trial = model.engine().trial(request);
    } catch (InvalidInputException problem) {
      return fail(engineError(prompt, problem.getMessage()), 1);
    } catch (RuntimeException failure) {
      model.checkOpen();
      return fail(engineError(prompt, "the trial failed: " + failure), 1);
    }
    List<ComparedRow> lines = maker.lines(prompt, results, trial);
    double hash = settings.rows().hash(prompt.row().id());
    if (prompt.request().traced() && examples.wants(hash)) {
      examples.add(hash, exampleMaker.example(prompt, results, lines));
    }
    long policies = settings.policies().size();
    long followed = request.paths().stream().mapToLong(TrialRequest.Path::numTokens).sum();
    totals.add(
        sums -> {
          sums.add(lines);
          sums.addWork(policies, policies * request.promptTokens().length, policies * followed);
        });
    return lines;
  }

  /** Along the full cache's completion, its end token included, and the reference, if any. */
  private TrialRequest trial(ComparedPrompt prompt, GenerationResult full) {
    List<TrialRequest.Path> paths = new ArrayList<>();
    paths.add(new TrialRequest.Path(full.generatedTokens(), full.tokens()));
    int[] reference = reference(prompt);
    if (reference.length > 0) {
      paths.add(TrialRequest.Path.along(reference));
    }
    return new TrialRequest(
        prompt.request().promptTokens(),
        prompt.request().document(),
        settings.otherPolicies(),
        paths);
  }

  /** The first tokens of the reference, as many as the context has room for. */
  private int[] reference(ComparedPrompt prompt) {
    int room = model.contextLength() - prompt.request().promptTokens().length;
    int most = Math.min(room, settings.referenceTokens());
    int[] tokens =
        prompt.row().reference().map(model.tokenizer()::encodeContent).orElse(new int[0]);
    return Arrays.copyOf(tokens, Math.min(tokens.length, most));
  }
}
