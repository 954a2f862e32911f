package org.pyramidspark.op;

import java.util.Random;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;

/** A sequence whose projections are random, but its own: the same in any company. */
final class RandomSequence implements AutoCloseable {
  final PolicyCase wanted;
  final SequenceCache cache;
  final PrefillPlan prefill;
  final GenerationPlan generation;
  private final long seed;
  private int step;

  RandomSequence(PolicyCase wanted, KvCache cache, long seed) {
    CachePolicy policy = wanted.cachePolicy();
    this.wanted = wanted;
    this.cache = cache.newSequence();
    this.prefill = policy.prefill(wanted.prompt(), wanted.numLayers());
    this.generation = policy.generation(wanted.prompt(), wanted.numLayers(), wanted.newTokens());
    this.seed = seed;
  }

  /** The next step: 0 for the prompt, then that of the generated token. */
  int step() {
    return step;
  }

  boolean isFinished() {
    return step > wanted.newTokens();
  }

  StepShare nextShare() {
    return step == 0
        ? new StepShare.Prefill(cache, prefill)
        : new StepShare.Decode(cache, wanted.prompt().tokens() + step - 1, step, generation);
  }

  void advance() {
    step++;
  }

  /** Gives the cache up; the prompt comes next. */
  void setBack() {
    cache.close();
    step = 0;
  }

  /** Writes the projection of one position in one layer. */
  void project(int layer, int position, ComputeRow row) {
    Random random = new Random(seed * 1_000_003 + layer * 7919L + position * 104_729L);
    for (int i = 0; i < row.elements(); i++) {
      Elements.put(wanted.computeType(), row.address(), i, (float) random.nextGaussian());
    }
  }

  /** Where a row goes. */
  record ComputeRow(long address, int elements) {}

  @Override
  public void close() {
    cache.close();
  }
}
