package org.pyramidspark.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.engine.TrialRequest.Path;
import org.pyramidspark.engine.TrialResult.PathOutcome;
import org.pyramidspark.engine.TrialResult.PolicyTrial;
import org.pyramidspark.graph.Logits;
import org.pyramidspark.op.SelectionListener;
import org.pyramidspark.op.StepShare;

/**
 * The full cache, which leads, and some policies that follow it token by token: after each step all
 * have the distribution of the same next token, so only the newest ones are held.
 */
final class TrialGroup implements AutoCloseable {
  private final ModelConfig model;
  private final KvCache kvCache;
  private final TrialRequest request;
  private final List<Runner> runners;

  /**
   * @param fork the first policy's prompt, if a row has computed it; used up
   */
  TrialGroup(
      ModelConfig model,
      KvCache kvCache,
      TrialRequest request,
      List<CachePolicy> policies,
      Optional<PromptFork> fork) {
    this.model = model;
    this.kvCache = kvCache;
    this.request = request;
    this.runners = new ArrayList<>(List.of(new Runner(new FullPolicy(), Optional.empty())));
    for (CachePolicy policy : policies) {
      runners.add(new Runner(policy, policy == policies.getFirst() ? fork : Optional.empty()));
    }
  }

  /**
   * The leader's outcome, and then the policies'.
   *
   * @param steps computes
   * @param mostBytes bytes of KV cache that rows must leave to the trial
   */
  List<PolicyTrial> run(TrialSteps steps, long mostBytes) {
    runners.forEach(runner -> runner.prefill(steps));
    for (int path = 0; path < request.paths().size(); path++) {
      boolean last = path == request.paths().size() - 1;
      runners.forEach(runner -> runner.startPath(last));
      follow(request.paths().get(path), steps, mostBytes);
      runners.forEach(Runner::endPath);
    }
    return runners.stream().map(Runner::result).toList();
  }

  private void follow(Path path, TrialSteps steps, long mostBytes) {
    int[] followed = new int[path.numTokens()];
    for (int position = 0; position < followed.length; position++) {
      if (position > 0) {
        decode(position, followed[position - 1], steps, mostBytes);
      }
      NextToken leader = runners.getFirst().next;
      followed[position] =
          position < path.forced().length ? path.forced()[position] : leader.best();
      for (Runner runner : runners) {
        runner.compare(leader, followed[position]);
      }
    }
  }

  private void decode(int step, int token, TrialSteps steps, long mostBytes) {
    List<StepShare> shares = runners.stream().map(runner -> runner.share(step)).toList();
    int[] tokens = new int[shares.size()];
    Arrays.fill(tokens, token);
    long bytes = runners.stream().mapToLong(Runner::bytes).sum();
    try (Logits logits = steps.decode(shares, tokens, Math.max(0, mostBytes - bytes))) {
      for (int i = 0; i < tokens.length; i++) {
        runners.get(i).next.set(logits.row(i));
      }
    }
  }

  @Override
  public void close() {
    runners.forEach(Runner::close);
  }

  /** One policy on its way. */
  private final class Runner implements AutoCloseable {
    final NextToken next = new NextToken(model.vocabularySize());
    private final NextToken afterPrompt = new NextToken(model.vocabularySize());
    private final PrefillPlan prefillPlan;
    private final GenerationPlan generationPlan;
    private final Optional<PromptFork> fork;
    private final SequenceCache promptCache;
    private final List<PathOutcome> outcomes = new ArrayList<>();
    private SequenceCache cache;
    private long prefillNanos;
    private long promptBytes;
    private IntStream.Builder tokens = IntStream.builder();
    private final List<Double> divergence = new ArrayList<>();
    private int agreements;
    private double surprise;

    Runner(CachePolicy policy, Optional<PromptFork> fork) {
      this.fork = fork;
      promptCache = fork.map(PromptFork::cache).orElseGet(kvCache::newSequence);
      cache = promptCache;
      prefillPlan = policy.prefill(request.shape(), model.numLayers());
      generationPlan = policy.generation(request.shape(), model.numLayers(), request.mostTokens());
    }

    void prefill(TrialSteps steps) {
      fork.ifPresentOrElse(prompt -> afterPrompt.set(prompt.next()), () -> compute(steps));
      promptBytes = promptCache.bytes();
    }

    private void compute(TrialSteps steps) {
      long start = System.nanoTime();
      StepShare share =
          new StepShare.Prefill(promptCache, prefillPlan, SelectionListener.NONE, Optional.empty());
      try (Logits logits = steps.prefill(share, request.promptTokens())) {
        afterPrompt.set(logits.row(0));
      }
      prefillNanos = System.nanoTime() - start;
    }

    /** Of its cache now, and of that which it is a copy of. */
    long bytes() {
      return promptCache.bytes() + (cache == promptCache ? 0 : cache.bytes());
    }

    /** The last path may use the prompt's own cache up. */
    void startPath(boolean last) {
      cache = last ? promptCache : kvCache.copyOf(promptCache);
      next.set(afterPrompt);
      tokens = IntStream.builder();
      divergence.clear();
      agreements = 0;
      surprise = 0;
    }

    StepShare share(int step) {
      return new StepShare.Decode(
          cache, request.promptTokens().length + step - 1, step, generationPlan);
    }

    void compare(NextToken leader, int token) {
      tokens.add(token);
      divergence.add(leader == next ? 0 : leader.divergence(next));
      agreements += leader.best() == next.best() ? 1 : 0;
      surprise += next.surprise(token);
    }

    void endPath() {
      outcomes.add(
          new PathOutcome(
              tokens.build().toArray(),
              divergence.stream().mapToDouble(Double::doubleValue).toArray(),
              agreements,
              surprise));
      if (cache != promptCache) {
        cache.close();
      }
      cache = promptCache;
    }

    PolicyTrial result() {
      long rows =
          IntStream.range(0, model.numLayers()).mapToLong(l -> prefillPlan.layer(l).rows()).sum();
      return new PolicyTrial(
          prefillPlan.keptFraction(),
          (double) rows / ((long) prefillPlan.promptTokens() * model.numLayers()),
          promptBytes,
          prefillNanos,
          outcomes);
    }

    @Override
    public void close() {
      cache.close();
      promptCache.close();
    }
  }
}
