package org.pyramidspark.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.config.ComputeType;

/** What every implementation of the kernels must do, held to {@link ExactAttention}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CacheKernelsContract {
  /** Half a unit in the last place of 1, bfloat16. */
  private static final double BFLOAT_ROUNDING = 0x1p-8;

  private final CacheKernels kernels = kernels();
  private final KernelScratch scratch = poisoned();

  abstract CacheKernels kernels();

  /** Whether products take bfloat16 where cache and projections are of it. */
  boolean multipliesBfloat16() {
    return false;
  }

  /** Queries and probabilities are rounded; of an int8 cache keys and values too. */
  private double operandRounding(KernelCase wanted) {
    if (!multipliesBfloat16() || wanted.computeType() != ComputeType.BFLOAT16) {
      return 0;
    }
    return switch (wanted.kvType()) {
      case FLOAT32 -> 0;
      case BFLOAT16 -> BFLOAT_ROUNDING;
      case INT8 -> 2 * BFLOAT_ROUNDING;
    };
  }

  static List<KernelCase> grid() {
    return KernelCase.grid(120);
  }

  /** Scratch that holds what no kernel may read. */
  private static KernelScratch poisoned() {
    KernelScratch scratch = new KernelScratch();
    for (int i = 0; i < KernelScratch.BUFFERS; i++) {
      Arrays.fill(scratch.floats(i, 200_000), Float.NaN);
    }
    return scratch;
  }

  /** Attends in two tasks for each KV head. */
  private void attend(KernelFixture fixture, KernelScratch with) {
    int cut = fixture.queries.length / 3;
    for (int kvHead = 0; kvHead < fixture.wanted.numKvHeads(); kvHead++) {
      if (cut > 0) {
        kernels.attend(fixture.attentionTask(kvHead, 0, cut), with);
      }
      kernels.attend(fixture.attentionTask(kvHead, cut, fixture.queries.length), with);
    }
  }

  @ParameterizedTest
  @MethodSource("grid")
  void contextAndScoresAreThoseOfExactAttention(KernelCase wanted) {
    try (KernelFixture fixture = new KernelFixture(wanted)) {
      attend(fixture, scratch);

      ExactResult exact = ExactResult.of(fixture, operandRounding(wanted));
      assertContextIsExact(fixture, exact);
      for (int j = 0; j < exact.sums().length; j++) {
        double most = exact.sums()[j] + exact.doubtful()[j];
        double rounding = 1e-30 + 2 * exact.probabilityError() * most;
        assertThat((double) fixture.sums[j])
            .as("score of entry %d", fixture.firstScored + j)
            .isBetween(exact.sums()[j] - rounding, most + rounding);
      }
      assertThat(fixture.othersAreUntouched()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("grid")
  void partsOfACacheAddUpToExactAttention(KernelCase wanted) {
    try (KernelFixture fixture = new KernelFixture(wanted)) {
      assumeThat(fixture.model.groupSize()).isLessThanOrEqualTo(CacheKernels.MOST_SPLIT);
      for (int kvHead = 0; kvHead < wanted.numKvHeads(); kvHead++) {
        for (int query = 0; query < fixture.queries.length; query++) {
          attendInParts(fixture, fixture.unscoredTask(kvHead, query, query + 1), query % 3 + 1);
        }
      }

      assertContextIsExact(fixture, ExactResult.of(fixture, operandRounding(wanted)));
      assertThat(fixture.othersAreUntouched()).isTrue();
    }
  }

  /** So many pages at a time. */
  private void attendInParts(KernelFixture fixture, AttentionTask task, int pagesTogether) {
    List<PartialAttention> parts = new ArrayList<>();
    int end = PageRange.all(task.visible(task.from())).end();
    for (int page = 0; page < end; page += pagesTogether) {
      PartialAttention part = PartialAttention.of(task.numVectors(), fixture.wanted.headSize());
      PageRange pages = new PageRange(page, Math.min(end, page + pagesTogether));
      kernels.attend(task, pages, part, scratch);
      parts.add(part);
    }
    PartialAttention.merge(parts, task, scratch);
  }

  private static void assertContextIsExact(KernelFixture fixture, ExactResult exact) {
    KernelCase wanted = fixture.wanted;
    double largest = 0;
    for (int index = 0; index < fixture.queries.length; index++) {
      for (int head = 0; head < wanted.numHeads(); head++) {
        double[] expected = exact.contexts()[index][head];
        double[] error = new double[expected.length];
        for (int dim = 0; dim < expected.length; dim++) {
          error[dim] = Math.abs(fixture.context(index, head, dim) - expected[dim]);
          if (wanted.computeType() == ComputeType.BFLOAT16) {
            error[dim] -= BFLOAT_ROUNDING * Math.abs(expected[dim]);
          }
          // NaN must not pass as small.
          largest = error[dim] <= largest ? largest : error[dim];
        }
      }
    }
    // Values are normal variables: none here is beyond 6, and errors of probabilities are relative.
    assertThat(largest).isLessThan(6 * exact.probabilityError());
  }

  @ParameterizedTest
  @MethodSource("grid")
  void resultsAreTheSameBitsWhateverRanBefore(KernelCase wanted) {
    try (KernelFixture fixture = new KernelFixture(wanted);
        KernelFixture again = new KernelFixture(wanted)) {
      attend(fixture, scratch);
      attend(again, new KernelScratch());

      assertThat(again.sums).isEqualTo(fixture.sums);
      for (int index = 0; index < fixture.queries.length; index++) {
        for (int i = 0; i < wanted.numHeads() * wanted.headSize(); i++) {
          assertThat(again.context(index, 0, i)).isEqualTo(fixture.context(index, 0, i));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("grid")
  void appendedKeysAreRotatedAndRoundedOnce(KernelCase wanted) {
    try (KernelFixture fixture = new KernelFixture(wanted)) {
      append(fixture);

      ExactAttention exact = new ExactAttention(fixture, 0);
      for (int kvHead = 0; kvHead < wanted.numKvHeads(); kvHead++) {
        for (int i = 0; i < wanted.rows(); i++) {
          int row = KernelFixture.FIRST_ROW + i;
          long key = fixture.rows.key(row, kvHead);
          double[] expected = exact.rotated(key, fixture.rows.positions()[row]);
          double[] plain = exact.vector(key);
          double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
          for (int dim = 0; dim < wanted.headSize(); dim++) {
            int other = (dim + wanted.headSize() / 2) % wanted.headSize();
            double error = rotationError(wanted, expected[dim], plain[dim], plain[other], largest);
            assertThat(fixture.key(kvHead, wanted.cachedBefore() + i, dim))
                .isCloseTo(expected[dim], within(error));
          }
        }
      }
    }
  }

  /**
   * Two products with a rounded cosine and sine each, one sum, one rounding to the cache's type.
   */
  private static double rotationError(
      KernelCase wanted, double expected, double first, double second, double largest) {
    double rotation = 4 * 0x1p-24 * (Math.abs(first) + Math.abs(second));
    return switch (wanted.kvType()) {
      case FLOAT32 -> rotation;
      case BFLOAT16 -> rotation + BFLOAT_ROUNDING * (Math.abs(expected) + rotation);
      // Half a step of 1/127 of the largest element, which is rotated with rounding, too; so are
      // the scale, the quotient and the product.
      case INT8 -> rotation + largest / 254 + 8 * 0x1p-24 * largest;
    };
  }

  @ParameterizedTest
  @MethodSource("grid")
  void appendedEntriesAreTheScalarKernelsBitForBit(KernelCase wanted) {
    try (KernelFixture fixture = new KernelFixture(wanted);
        KernelFixture scalar = new KernelFixture(wanted)) {
      append(fixture);
      for (int kvHead = 0; kvHead < wanted.numKvHeads(); kvHead++) {
        new ScalarKernels().append(scalar.appendTask(kvHead, 0, wanted.rows()), scratch);
        for (int entry = 0; entry < wanted.entries(); entry++) {
          for (int dim = 0; dim < wanted.headSize(); dim++) {
            assertThat(fixture.key(kvHead, entry, dim)).isEqualTo(scalar.key(kvHead, entry, dim));
            assertThat(fixture.value(kvHead, entry, dim))
                .isEqualTo(scalar.value(kvHead, entry, dim));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("grid")
  void appendedValuesAreRounded(KernelCase wanted) {
    try (KernelFixture fixture = new KernelFixture(wanted)) {
      append(fixture);

      float[] value = new float[wanted.headSize()];
      for (int i = 0; i < wanted.rows(); i++) {
        fixture.rows.read(fixture.rows.value(KernelFixture.FIRST_ROW + i, 0), value);
        float scale = largest(value) / 127;
        for (int dim = 0; dim < wanted.headSize(); dim++) {
          float expected =
              switch (wanted.kvType()) {
                case FLOAT32 -> value[dim];
                case BFLOAT16 -> BFloat16.toFloat(BFloat16.fromFloat(value[dim]));
                case INT8 -> (float) Math.rint(value[dim] / scale) * scale;
              };
          assertThat(fixture.value(0, wanted.cachedBefore() + i, dim)).isEqualTo(expected);
        }
      }
    }
  }

  private static float largest(float[] vector) {
    float largest = 0;
    for (float element : vector) {
      largest = Math.max(largest, Math.abs(element));
    }
    return largest;
  }

  /** Appends in two tasks for each KV head. */
  private void append(KernelFixture fixture) {
    int cut = fixture.wanted.rows() / 2;
    for (int kvHead = 0; kvHead < fixture.wanted.numKvHeads(); kvHead++) {
      kernels.append(fixture.appendTask(kvHead, 0, cut), scratch);
      kernels.append(fixture.appendTask(kvHead, cut, fixture.wanted.rows()), scratch);
    }
  }
}
