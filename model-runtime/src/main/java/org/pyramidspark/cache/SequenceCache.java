package org.pyramidspark.cache;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The KV cache of one sequence: a {@link LayerCache} for each layer. Owned by the engine's thread;
 * {@link #close()} returns all pages to the pool, where those that others hold too stay in use.
 */
public final class SequenceCache implements AutoCloseable {
  private final List<LayerCache> layers;
  private final Optional<LayerCache> unrounded;

  /**
   * @param pool pages of {@code layout}'s size
   */
  public SequenceCache(PageLayout layout, PagePool pool, int numLayers, int numKvHeads) {
    this(layout, pool, numLayers, numKvHeads, Optional.empty());
  }

  SequenceCache(
      PageLayout layout,
      PagePool pool,
      int numLayers,
      int numKvHeads,
      Optional<LayerCache> unrounded) {
    if (pool.pageBytes() != layout.bytes()) {
      throw new IllegalArgumentException(
          "The pool's pages have " + pool.pageBytes() + " bytes, the layout's " + layout.bytes());
    }
    layers =
        Stream.generate(() -> new LayerCache(layout, pool, numKvHeads)).limit(numLayers).toList();
    this.unrounded = unrounded;
  }

  public LayerCache layer(int layer) {
    return layers.get(layer);
  }

  /**
   * Beside a cache of int8: room for one layer's prompt in the type that is computed in, so that
   * what is kept is not chosen by rounded keys. Whoever fills it clears it before the next layer.
   */
  public Optional<LayerCache> unrounded() {
    return unrounded;
  }

  /** Entries over all layers. */
  public long entries() {
    return layers.stream().mapToLong(LayerCache::length).sum();
  }

  /** Bytes of all pages, those that other sequences hold too included. */
  public long bytes() {
    return layers.stream().mapToLong(LayerCache::bytes).sum();
  }

  /** Bytes of the pages that one more entry in every layer takes. */
  public long bytesOfNextEntry() {
    return layers.stream().mapToLong(LayerCache::bytesOfNextEntry).sum();
  }

  @Override
  public void close() {
    layers.forEach(LayerCache::release);
    unrounded.ifPresent(LayerCache::release);
  }
}
