package org.pyramidspark.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.engine.CacheTrace.ScoredToken;
import org.pyramidspark.engine.CacheTrace.Step;
import org.pyramidspark.graph.DecoderGraph;
import org.pyramidspark.graph.Logits;
import org.pyramidspark.op.SelectionListener;
import org.pyramidspark.op.StepShare;
import org.pyramidspark.tokens.TokenSpan;

/** Runs single prompts and looks into the cache. Used by one thread. */
public final class CacheTracer implements AutoCloseable {
  private static final int TOP = 10;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final ModelConfig model;
  private final DecoderGraph graph;
  private final KvCache kvCache;

  private CacheTracer(ModelConfig model, DecoderGraph graph, KvCache kvCache) {
    this.model = model;
    this.graph = graph;
    this.kvCache = kvCache;
  }

  /** Loads a model. */
  public static CacheTracer open(Checkpoint checkpoint, EngineOptions options) {
    return new CacheTracer(
        checkpoint.config(),
        DecoderGraph.open(checkpoint, options),
        new KvCache(checkpoint.config(), options.kvType(), options.computeType()));
  }

  /**
   * What to compute.
   *
   * @param promptTokens the prompt
   * @param document which of its tokens are the document, if it has one
   * @param policy what the cache keeps
   * @param newTokens how many tokens to generate, end tokens ignored
   * @param forced the first of them to put into the cache whatever the model would choose; the rest
   *     is greedy
   * @param listener is told what each layer chose
   */
  public record Request(
      int[] promptTokens,
      Optional<TokenSpan> document,
      CachePolicy policy,
      int newTokens,
      int[] forced,
      SelectionListener listener) {

    public Request(int[] promptTokens, CachePolicy policy, int newTokens) {
      this(promptTokens, Optional.empty(), policy, newTokens, new int[0], SelectionListener.NONE);
    }

    PromptShape shape() {
      return GenerationRequest.shape(promptTokens.length, document);
    }
  }

  /** Computes one prompt and its continuation. */
  public CacheTrace trace(Request request) {
    int[] prompt = request.promptTokens();
    int numLayers = model.numLayers();
    GenerationPlan generation =
        request.policy().generation(request.shape(), numLayers, request.newTokens());
    try (SequenceCache cache = kvCache.newSequence()) {
      PrefillScores prefill = prefill(request, cache);
      List<int[]> kept = positions(cache);
      List<Step> steps = new ArrayList<>();
      List<ScoredToken> best = prefill.top();
      for (int step = 1; step <= request.newTokens(); step++) {
        int token = best.getFirst().token();
        float gap = best.get(0).logit() - best.get(1).logit();
        int next = step <= request.forced().length ? request.forced()[step - 1] : token;
        StepShare share = new StepShare.Decode(cache, prompt.length + step - 1, step, generation);
        try (Logits logits = graph.run(List.of(share), new int[] {next})) {
          best = top(logits.row(0));
        }
        steps.add(new Step(token, gap, lengths(cache)));
      }
      return new CacheTrace(prompt, request.policy(), kept, prefill.top(), prefill.norm(), steps);
    }
  }

  private record PrefillScores(List<ScoredToken> top, double norm) {}

  private PrefillScores prefill(Request request, SequenceCache cache) {
    StepShare share =
        new StepShare.Prefill(
            cache,
            request.policy().prefill(request.shape(), model.numLayers()),
            request.listener(),
            Optional.empty());
    try (Logits logits = graph.run(List.of(share), request.promptTokens())) {
      return new PrefillScores(top(logits.row(0)), norm(logits.row(0)));
    }
  }

  /** Positions that any KV head keeps in each layer, ascending. */
  private List<int[]> positions(SequenceCache cache) {
    List<int[]> positions = new ArrayList<>();
    for (int layer = 0; layer < model.numLayers(); layer++) {
      LayerCache entries = cache.layer(layer);
      positions.add(
          IntStream.range(0, model.numKvHeads() * entries.length())
              .map(i -> entries.position(i / entries.length(), i % entries.length()))
              .sorted()
              .distinct()
              .toArray());
    }
    return positions;
  }

  private int[] lengths(SequenceCache cache) {
    return IntStream.range(0, model.numLayers())
        .map(layer -> cache.layer(layer).length())
        .toArray();
  }

  /** The best tokens, equal ones in order; a vocabulary is too long to sort at every step. */
  private static List<ScoredToken> top(MemorySegment logits) {
    List<ScoredToken> top = new ArrayList<>();
    int count = (int) (logits.byteSize() / 4);
    for (int token = 0; token < count; token++) {
      float logit = logits.get(FLOAT, 4L * token);
      if (top.size() < TOP || logit > top.getLast().logit()) {
        int place = top.size();
        while (place > 0 && logit > top.get(place - 1).logit()) {
          place--;
        }
        top.add(place, new ScoredToken(token, logit));
        if (top.size() > TOP) {
          top.removeLast();
        }
      }
    }
    return top;
  }

  private static double norm(MemorySegment logits) {
    double sum = 0;
    for (long at = 0; at < logits.byteSize(); at += 4) {
      double logit = logits.get(FLOAT, at);
      sum += logit * logit;
    }
    return Math.sqrt(sum);
  }

  @Override
  public void close() {
    graph.close();
    kvCache.close();
  }
}
