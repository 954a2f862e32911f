package org.pyramidspark.cache;

import java.util.List;

/**
 * When entries leave the cache while tokens are generated. Step s appends the entry of generated
 * token s, counted from 1. When something leaves depends on lengths and settings alone, so the
 * whole plan is known when a sequence starts; which entries they are, scores say.
 */
public sealed interface GenerationPlan permits CompressionPlan, EvictionPlan {

  /** Nothing ever leaves. */
  GenerationPlan NONE = new CompressionPlan(List.of());

  /** Entries that generation has added to one layer's cache at the end of a step, or taken. */
  int added(int layer, int step);

  /** The most entries that generation adds to one layer's cache by the end of a step. */
  int mostAdded(int layer, int steps);

  /** Whether no entry ever leaves. */
  boolean keepsAll();
}
