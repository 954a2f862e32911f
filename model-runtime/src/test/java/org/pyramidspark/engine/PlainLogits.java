package org.pyramidspark.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.graph.DecoderGraph;
import org.pyramidspark.graph.Logits;
import org.pyramidspark.op.SelectionListener;
import org.pyramidspark.op.StepShare;

/** The logits along given tokens, one sequence alone, and what is made of them by definition. */
final class PlainLogits implements AutoCloseable {
  private final ModelConfig model;
  private final DecoderGraph graph;
  private final KvCache kvCache;

  PlainLogits(Checkpoint checkpoint, EngineOptions options) {
    this.model = checkpoint.config();
    this.graph = DecoderGraph.open(checkpoint, options);
    this.kvCache = new KvCache(model, options.kvType(), options.computeType());
  }

  /** The logits before each token of a path. */
  List<double[]> along(CachePolicy policy, int[] prompt, int[] path) {
    PromptShape shape = PromptShape.of(prompt.length);
    GenerationPlan generation = policy.generation(shape, model.numLayers(), path.length);
    List<double[]> logits = new ArrayList<>();
    try (SequenceCache cache = kvCache.newSequence()) {
      logits.add(
          run(
              new StepShare.Prefill(
                  cache,
                  policy.prefill(shape, model.numLayers()),
                  SelectionListener.NONE,
                  Optional.empty()),
              prompt));
      for (int step = 1; step < path.length; step++) {
        logits.add(
            run(
                new StepShare.Decode(cache, prompt.length + step - 1, step, generation),
                new int[] {path[step - 1]}));
      }
    }
    return logits;
  }

  private double[] run(StepShare share, int[] tokens) {
    try (Logits logits = graph.run(List.of(share), tokens)) {
      MemorySegment row = logits.row(0);
      return IntStream.range(0, model.vocabularySize())
          .mapToDouble(i -> row.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i))
          .toArray();
    }
  }

  static double[] softmax(double[] logits) {
    double sum = DoubleStream.of(logits).map(Math::exp).sum();
    return DoubleStream.of(logits).map(logit -> Math.exp(logit) / sum).toArray();
  }

  static double divergence(double[] logits, double[] others) {
    double[] p = softmax(logits);
    double[] q = softmax(others);
    return IntStream.range(0, p.length).mapToDouble(i -> p[i] * Math.log(p[i] / q[i])).sum();
  }

  static int best(double[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((best, i) -> logits[i] > logits[best] ? i : best)
        .orElseThrow();
  }

  @Override
  public void close() {
    graph.close();
    kvCache.close();
  }
}
