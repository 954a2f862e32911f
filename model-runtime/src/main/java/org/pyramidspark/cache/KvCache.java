package org.pyramidspark.cache;

import java.util.Optional;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;

/**
 * The KV memory of one engine: makes sequences' caches out of one pool of pages and counts its
 * bytes exactly. Sequences are made and closed by the engine's thread; counts may be read by any.
 *
 * <p>Beside int8 there is a second pool, for {@link SequenceCache#unrounded()}. Its pages are
 * working memory of one layer at a time, as activations are, not KV cache: neither the counts nor
 * the budget have them in.
 */
public final class KvCache implements AutoCloseable {
  private final ModelConfig model;
  private final PageLayout layout;
  private final PagePool pool;
  private final PageLayout unroundedLayout;
  private final PagePool unroundedPool;

  public KvCache(ModelConfig model, KvType type, ComputeType computeType) {
    this.model = model;
    this.layout = new PageLayout(model.headSize(), type);
    this.pool = new PagePool(layout.bytes());
    this.unroundedLayout = new PageLayout(model.headSize(), computeType.kvType());
    this.unroundedPool = new PagePool(unroundedLayout.bytes());
  }

  /** An empty cache for one sequence. */
  public SequenceCache newSequence() {
    int heads = model.numKvHeads();
    Optional<LayerCache> unrounded =
        layout.type() == KvType.INT8
            ? Optional.of(new LayerCache(unroundedLayout, unroundedPool, heads))
            : Optional.empty();
    return new SequenceCache(layout, pool, model.numLayers(), heads, unrounded);
  }

  /** A cache with the same entries in pages of its own. */
  public SequenceCache copyOf(SequenceCache other) {
    SequenceCache copy = newSequence();
    for (int layer = 0; layer < model.numLayers(); layer++) {
      copy.layer(layer).copyFrom(other.layer(layer));
    }
    return copy;
  }

  /** Bytes of the pages that a full cache of so many tokens takes. */
  public long fullBytes(int tokens) {
    return (long) PageLayout.pages(tokens)
        * layout.bytes()
        * model.numLayers()
        * model.numKvHeads();
  }

  /** Bytes of so many pages of every KV head. */
  public long bytes(long pages) {
    return pages * model.numKvHeads() * layout.bytes();
  }

  /**
   * The most bytes that a sequence takes in its life.
   *
   * @param newTokens generated tokens that enter the cache
   */
  public long mostBytes(PrefillPlan prefill, GenerationPlan generation, int newTokens) {
    long pages = 0;
    for (int layer = 0; layer < model.numLayers(); layer++) {
      int entries = prefill.layer(layer).cached();
      pages += PageLayout.pages(entries + generation.mostAdded(layer, newTokens));
    }
    return bytes(Math.max(pages, prefill.mostPages()));
  }

  /** Bytes of all pages in use now. */
  public long bytesInUse() {
    return pool.bytesInUse();
  }

  /** Bytes of {@link SequenceCache#unrounded()} now: 0 between steps. */
  public long unroundedBytes() {
    return unroundedPool.bytesInUse();
  }

  /** The most bytes that were in use at once. */
  public long peakBytes() {
    return pool.peakBytes();
  }

  /** Counts {@link #peakBytes} from now on; not while sequences grow. */
  public void resetPeak() {
    pool.resetPeak();
  }

  @Override
  public void close() {
    pool.close();
    unroundedPool.close();
  }
}
