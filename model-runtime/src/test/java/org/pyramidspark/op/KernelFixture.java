package org.pyramidspark.op;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.IntStream;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.cache.PagePool;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.ModelConfig;

/** Random projections, and a cache with random entries, for one case; repeatable. */
final class KernelFixture implements AutoCloseable {
  /** Packed rows of another sequence before this one's. */
  static final int FIRST_ROW = 3;

  /** Result rows of another sequence before this one's. */
  static final int FIRST_CONTEXT_ROW = 2;

  private static final float UNTOUCHED = -77;

  final KernelCase wanted;
  final ModelConfig model;
  final PageLayout layout;
  final LayerCache cache;
  final ProjectedRows rows;
  final ContextRows context;
  final int[] queries;
  final float[] weights;
  final int firstScored;
  final float[] sums;

  private final Arena arena = Arena.ofConfined();
  private final PagePool pool;
  private final SequenceCache sequence;

  KernelFixture(KernelCase wanted) {
    Random random = new Random(wanted.seed());
    this.wanted = wanted;
    this.model = wanted.model();
    this.layout = new PageLayout(wanted.headSize(), wanted.kvType());
    this.pool = new PagePool(layout.bytes());
    this.sequence = new SequenceCache(layout, pool, 1, wanted.numKvHeads());
    this.cache = sequence.layer(0);
    this.rows = rows(random);
    cache.append(IntStream.range(0, wanted.cachedBefore()).toArray(), 0, wanted.cachedBefore());
    cache.append(rows.positions(), FIRST_ROW, wanted.rows());
    fillCache(random);
    this.queries =
        IntStream.range(0, wanted.rows())
            .filter(i -> i == 0 || random.nextInt(100) < wanted.attending())
            .toArray();
    this.context = context();
    this.weights = new float[queries.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 1 + random.nextFloat();
    }
    int scored = wanted.entries() * wanted.scored() / 100;
    this.firstScored = random.nextInt(wanted.entries() - scored + 1);
    this.sums = new float[scored];
  }

  /** Projections whose positions skip some, as those of pruned prompts do. */
  private ProjectedRows rows(Random random) {
    int[] positions = new int[FIRST_ROW + wanted.rows()];
    for (int i = 0; i < wanted.rows(); i++) {
      positions[FIRST_ROW + i] = wanted.cachedBefore() + i + random.nextInt(2) * i / 2;
    }
    int elements = positions.length * model.qkvSize();
    ComputeType type = wanted.computeType();
    long address = arena.allocate((long) elements * type.bytes(), 64).address();
    for (int i = 0; i < elements; i++) {
      Elements.put(type, address, i, (float) random.nextGaussian());
    }
    return new ProjectedRows(model, type, address, positions, RotaryTable.of(model));
  }

  private ContextRows context() {
    int elements = (FIRST_CONTEXT_ROW + queries.length) * model.attentionSize();
    ComputeType type = wanted.computeType();
    long address = arena.allocate((long) elements * type.bytes(), 64).address();
    for (int i = 0; i < elements; i++) {
      Elements.put(type, address, i, UNTOUCHED);
    }
    return new ContextRows(model, type, address);
  }

  /** NaN where nothing was stored yet: no kernel may let it into a result. */
  private void fillCache(Random random) {
    int slots = PageLayout.pages(wanted.entries()) * PageLayout.TOKENS;
    float[] key = new float[wanted.headSize()];
    float[] value = new float[wanted.headSize()];
    for (int kvHead = 0; kvHead < wanted.numKvHeads(); kvHead++) {
      for (int slot = 0; slot < slots; slot++) {
        boolean empty = slot >= wanted.entries();
        for (int dim = 0; dim < wanted.headSize(); dim++) {
          key[dim] = empty ? Float.NaN : (float) random.nextGaussian();
          value[dim] = empty ? Float.NaN : (float) random.nextGaussian();
        }
        layout.putKey(page(kvHead, slot), slot % PageLayout.TOKENS, key);
        layout.putValue(page(kvHead, slot), slot % PageLayout.TOKENS, value);
      }
    }
  }

  private long page(int kvHead, int entry) {
    return cache.page(kvHead, entry / PageLayout.TOKENS);
  }

  double key(int kvHead, int entry, int dim) {
    return layout.key(page(kvHead, entry), entry % PageLayout.TOKENS, dim);
  }

  double value(int kvHead, int entry, int dim) {
    return layout.value(page(kvHead, entry), entry % PageLayout.TOKENS, dim);
  }

  double context(int index, int head, int dim) {
    long address = context.at(FIRST_CONTEXT_ROW + index, head);
    return switch (context.type()) {
      case FLOAT32 -> NativeMemory.floatAt(address + 4L * dim);
      case BFLOAT16 -> NativeMemory.bfloat16At(address + 2L * dim);
    };
  }

  /** Whether the result rows of another sequence are as they were. */
  boolean othersAreUntouched() {
    return IntStream.range(0, FIRST_CONTEXT_ROW * model.attentionSize())
        .allMatch(i -> context(-FIRST_CONTEXT_ROW, 0, i) == UNTOUCHED);
  }

  AppendTask appendTask(int kvHead, int from, int to) {
    return new AppendTask(
        rows, cache, kvHead, FIRST_ROW + from, to - from, wanted.cachedBefore() + from);
  }

  AttentionTask attentionTask(int kvHead, int from, int to) {
    return attentionTask(
        kvHead,
        from,
        to,
        sums.length == 0
            ? AttentionTask.Scoring.none()
            : new AttentionTask.Scoring(
                wanted.statistic(), firstScored, sums.length, weights, sums));
  }

  AttentionTask unscoredTask(int kvHead, int from, int to) {
    return attentionTask(kvHead, from, to, AttentionTask.Scoring.none());
  }

  AttentionTask attentionTask(int kvHead, int from, int to, AttentionTask.Scoring scoring) {
    return new AttentionTask(
        rows,
        context,
        cache,
        kvHead,
        FIRST_ROW,
        wanted.cachedBefore(),
        queries,
        from,
        to,
        FIRST_CONTEXT_ROW,
        scoring);
  }

  @Override
  public void close() {
    sequence.close();
    pool.close();
    arena.close();
  }
}
