package org.pyramidspark.op;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.config.KvType;
import org.pyramidspark.op.rules.Attention;

/**
 * Attention of one layer's rows over what each KV head has, in double precision.
 *
 * <p>Where positions are those in the cache, entries are turned to where they lie in it, and the
 * row, which is the newest, to the end.
 */
final class ExactRows implements Attention {
  private final LayerPass pass;
  private final StoredEntries stored;
  private final List<List<Integer>> entries;
  private final boolean inCache;
  private final double operandRounding;
  private final int headSize;
  private final Map<Integer, Integer> rowOf = new HashMap<>();
  private final List<Map<Integer, Integer>> entryOf;

  /** By query head, row and entry; 0 where a row does not see an entry. */
  private final double[][][] probabilities;

  private final double keyRounding;
  private double error;

  /**
   * @param entries of each KV head, ascending
   * @param inCache whether positions are those in the cache
   */
  ExactRows(
      LayerPass pass,
      StoredEntries stored,
      List<List<Integer>> entries,
      boolean inCache,
      KvType kvType,
      double operandRounding) {
    this.pass = pass;
    this.stored = stored;
    this.entries = entries;
    this.inCache = inCache;
    this.operandRounding = operandRounding;
    this.headSize = pass.projected().model().headSize();
    this.keyRounding = keyRounding(kvType);
    for (int row = 0; row < pass.positions().length; row++) {
      rowOf.put(pass.positions()[row], row);
    }
    this.entryOf = entries.stream().map(ExactRows::indices).toList();
    this.probabilities = new double[numKvHeads() * group()][pass.positions().length][];
    for (int head = 0; head < probabilities.length; head++) {
      for (int row = 0; row < pass.positions().length; row++) {
        probabilities[head][row] = probabilities(head, row);
      }
    }
  }

  private static Map<Integer, Integer> indices(List<Integer> positions) {
    Map<Integer, Integer> indices = new HashMap<>();
    positions.forEach(position -> indices.put(position, indices.size()));
    return indices;
  }

  /** Standard deviation of what rounding once more does to a key, to its largest element. */
  private static double keyRounding(KvType type) {
    return switch (type) {
      case FLOAT32 -> 0x1p-24;
      case BFLOAT16 -> 0x1p-8 / Math.sqrt(3);
      case INT8 -> 1.0 / 127 / Math.sqrt(12);
    };
  }

  private double[] probabilities(int head, int row) {
    List<Integer> all = entries.get(head / group());
    int visible = visible(head / group(), pass.positions()[row]);
    double[] query = query(head, row, visible);
    double[] result = new double[all.size()];
    double highest = Double.NEGATIVE_INFINITY;
    for (int entry = 0; entry < visible; entry++) {
      double[] key = key(head / group(), all.get(entry), entry);
      double magnitude = 0;
      for (int dim = 0; dim < headSize; dim++) {
        double product = query[dim] * key[dim] / Math.sqrt(headSize);
        result[entry] += product;
        magnitude += Math.abs(product);
      }
      highest = Math.max(highest, result[entry]);
      error = Math.max(error, ExactAttention.error(headSize, magnitude, visible, operandRounding));
    }
    double sum = 0;
    for (int entry = 0; entry < visible; entry++) {
      result[entry] = Math.exp(result[entry] - highest);
      sum += result[entry];
    }
    for (int entry = 0; entry < visible; entry++) {
      result[entry] /= sum;
    }
    return result;
  }

  private double[] query(int head, int row, int visible) {
    float[] query = new float[headSize];
    pass.projected().read(pass.projected().query(pass.firstRow() + row, head), query);
    double[] plain = new double[headSize];
    for (int dim = 0; dim < headSize; dim++) {
      plain[dim] = query[dim];
    }
    return ExactAttention.rotated(plain, inCache ? visible - 1 : pass.positions()[row]);
  }

  private double[] key(int kvHead, int position, int place) {
    double[] key = stored.key(kvHead, position);
    return inCache && place != position ? ExactAttention.rotated(key, place - position) : key;
  }

  @Override
  public int numKvHeads() {
    return pass.projected().model().numKvHeads();
  }

  @Override
  public int group() {
    return pass.projected().model().groupSize();
  }

  @Override
  public List<Integer> entries(int kvHead) {
    return entries.get(kvHead);
  }

  @Override
  public double probability(int head, int row, int entry) {
    return probabilities[head][rowOf.get(row)][entryOf.get(head / group()).get(entry)];
  }

  @Override
  public int visible(int kvHead, int row) {
    return entryOf.get(kvHead).get(row) + 1;
  }

  @Override
  public double valueNorm(int kvHead, int entry) {
    return stored.valueNorm(kvHead, entry);
  }

  @Override
  public double error() {
    return error;
  }

  /**
   * One row's result.
   *
   * @param slack what may be off by, besides rounding, since moved keys were rounded once more
   */
  record Context(double[] elements, double[] slack) {}

  Context context(int head, int row) {
    int kvHead = head / group();
    List<Integer> all = entries.get(kvHead);
    double[] shares = probabilities[head][rowOf.get(row)];
    double[] elements = new double[headSize];
    for (int entry = 0; entry < all.size(); entry++) {
      double[] value = stored.value(kvHead, all.get(entry));
      for (int dim = 0; dim < headSize; dim++) {
        elements[dim] += shares[entry] * value[dim];
      }
    }
    double[] slack = new double[headSize];
    for (int entry = 0; entry < all.size(); entry++) {
      double score = inCache ? scoreSlack(head, row, all, entry) : 0;
      for (int dim = 0; dim < headSize && score > 0; dim++) {
        double value = stored.value(kvHead, all.get(entry))[dim];
        slack[dim] += shares[entry] * score * (Math.abs(value) + Math.abs(elements[dim]));
      }
    }
    return new Context(elements, slack);
  }

  /** Errors of a key's elements are independent: six standard deviations of their sum. */
  private double scoreSlack(int head, int row, List<Integer> all, int entry) {
    int visible = visible(head / group(), row);
    boolean moved = entry - all.get(entry) != visible - 1 - row;
    if (!moved) {
      return 0;
    }
    double largest = 0;
    for (double element : stored.key(head / group(), all.get(entry))) {
      largest = Math.max(largest, Math.abs(element));
    }
    double norm = 0;
    for (double element : query(head, rowOf.get(row), visible)) {
      norm += element * element;
    }
    // Turning may lift the largest element by the square root of two.
    return 6 * Math.sqrt(norm / headSize) * Math.sqrt(2) * largest * keyRounding;
  }
}
