package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;

/**
 * Keys and values of everything that ever entered one layer, as the cache's type rounds them, by
 * original position.
 */
final class StoredEntries {
  private final LayerCache cache;
  private final KernelScratch scratch = new KernelScratch();
  private final List<Map<Integer, double[]>> keys = new ArrayList<>();
  private final List<Map<Integer, double[]>> values = new ArrayList<>();
  private final List<Map<Integer, Double>> norms = new ArrayList<>();

  /**
   * @param cache an empty one, from which nothing is ever dropped
   */
  StoredEntries(LayerCache cache) {
    this.cache = cache;
    for (int kvHead = 0; kvHead < cache.numKvHeads(); kvHead++) {
      keys.add(new HashMap<>());
      values.add(new HashMap<>());
      norms.add(new HashMap<>());
    }
  }

  void append(LayerPass pass) {
    int first = cache.length();
    int count = pass.positions().length;
    cache.append(pass.positions(), 0, count);
    for (int kvHead = 0; kvHead < cache.numKvHeads(); kvHead++) {
      new ScalarKernels()
          .append(
              new AppendTask(pass.projected(), cache, kvHead, pass.firstRow(), count, first),
              scratch);
      for (int i = 0; i < count; i++) {
        int position = pass.positions()[i];
        keys.get(kvHead).put(position, vector(kvHead, first + i, true));
        values.get(kvHead).put(position, vector(kvHead, first + i, false));
        norms.get(kvHead).put(position, norm(pass, kvHead, pass.firstRow() + i));
      }
    }
  }

  private double[] vector(int kvHead, int entry, boolean key) {
    PageLayout layout = cache.layout();
    long page = cache.page(kvHead, entry / PageLayout.TOKENS);
    double[] vector = new double[layout.headSize()];
    for (int dim = 0; dim < vector.length; dim++) {
      vector[dim] =
          key
              ? layout.key(page, entry % PageLayout.TOKENS, dim)
              : layout.value(page, entry % PageLayout.TOKENS, dim);
    }
    return vector;
  }

  private double norm(LayerPass pass, int kvHead, int row) {
    float[] value = new float[cache.layout().headSize()];
    pass.projected().read(pass.projected().value(row, kvHead), value);
    double sum = 0;
    for (float element : value) {
      sum += (double) element * element;
    }
    return Math.sqrt(sum);
  }

  /** The key as it is stored, rotated by its position. */
  double[] key(int kvHead, int position) {
    return keys.get(kvHead).get(position);
  }

  double[] value(int kvHead, int position) {
    return values.get(kvHead).get(position);
  }

  /** The norm of the value before it was rounded. */
  double valueNorm(int kvHead, int position) {
    return norms.get(kvHead).get(position);
  }
}
