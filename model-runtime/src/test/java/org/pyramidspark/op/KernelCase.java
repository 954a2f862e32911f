package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;

/**
 * One point of the grid over which kernels are held to their contract.
 *
 * @param cachedBefore entries before the step
 * @param rows rows of the step
 * @param attending share of the rows that attend, in percent
 * @param scored percent of the entries that are scored
 * @param statistic what is summed up of them
 */
record KernelCase(
    int headSize,
    int group,
    int numKvHeads,
    int cachedBefore,
    int rows,
    int attending,
    int scored,
    Statistic statistic,
    KvType kvType,
    ComputeType computeType) {
  private static final int[] HEAD_SIZES = {64, 80, 96, 128, 32, 6};
  private static final int[] GROUPS = {1, 2, 3, 4, 8};
  private static final int[] KV_HEADS = {1, 3};
  private static final int[] CACHED_BEFORE = {0, 1, 17, 64, 200};
  private static final int[] ROWS = {1, 2, 15, 16, 17, 64, 130, 200};
  private static final int[] ATTENDING = {100, 60};
  private static final int[] SCORED = {0, 50, 100};

  /**
   * Repeatable cases; every value of every parameter comes up equally often, in shifting company.
   */
  static List<KernelCase> grid(int count) {
    Random random = new Random(5);
    IntFunction<int[]> column = values -> shuffled(count, values, random);
    int[] headSize = column.apply(HEAD_SIZES.length);
    int[] group = column.apply(GROUPS.length);
    int[] kvHeads = column.apply(KV_HEADS.length);
    int[] before = column.apply(CACHED_BEFORE.length);
    int[] rows = column.apply(ROWS.length);
    int[] attending = column.apply(ATTENDING.length);
    int[] scored = column.apply(SCORED.length);
    int[] statistic = column.apply(Statistic.values().length);
    int[] kvType = column.apply(KvType.values().length);
    int[] computeType = column.apply(ComputeType.values().length);
    List<KernelCase> cases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cases.add(
          new KernelCase(
              HEAD_SIZES[headSize[i]],
              GROUPS[group[i]],
              KV_HEADS[kvHeads[i]],
              CACHED_BEFORE[before[i]],
              ROWS[rows[i]],
              ATTENDING[attending[i]],
              SCORED[scored[i]],
              Statistic.values()[statistic[i]],
              KvType.values()[kvType[i]],
              ComputeType.values()[computeType[i]]));
    }
    return cases;
  }

  private static int[] shuffled(int count, int values, Random random) {
    int[] column = IntStream.range(0, count).map(i -> i % values).toArray();
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int element = column[i];
      column[i] = column[other];
      column[other] = element;
    }
    return column;
  }

  /** The same in every run; a hash code is not, since enums have their own in each JVM. */
  int seed() {
    return toString().hashCode();
  }

  int numHeads() {
    return group * numKvHeads;
  }

  int entries() {
    return cachedBefore + rows;
  }

  ModelConfig model() {
    return new ModelConfig(
        "case",
        "llama",
        1,
        numHeads() * headSize,
        1,
        numHeads(),
        numKvHeads,
        headSize,
        1,
        2 * entries(),
        1e-5f,
        10_000,
        List.of(),
        true);
  }
}
