package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PivotalContextTest {

  /** Few distinct values, so that ties are common. */
  @Provide
  Arbitrary<float[]> scoresWithTies() {
    return Arbitraries.of(0f, 1e-9f, 0.25f, 0.5f, 3f).array(float[].class).ofMaxSize(200);
  }

  @Provide
  Arbitrary<float[]> scores() {
    return Arbitraries.floats().greaterThan(-1e30f).array(float[].class).ofMaxSize(300);
  }

  @Property
  void choosesWhatAStableSortWouldChoose(
      @ForAll("scoresWithTies") float[] scores,
      @ForAll @IntRange(max = 1000) int keptShare,
      @ForAll @IntRange(max = 8) int sinkTokens) {
    assertMatchesSort(scores, keptShare, sinkTokens);
  }

  @Property
  void choosesAmongArbitraryScores(
      @ForAll("scores") float[] scores, @ForAll @IntRange(max = 1000) int keptShare) {
    assertMatchesSort(scores, keptShare, 4);
  }

  private static void assertMatchesSort(float[] scores, int keptShare, int sinkTokens) {
    int kept = scores.length * keptShare / 1000;
    float[] raised = scores.clone();
    Arrays.fill(raised, 0, Math.min(sinkTokens, raised.length), Float.POSITIVE_INFINITY);
    int[] expected =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> raised[i]).reversed().thenComparing(i -> i))
            .limit(kept)
            .mapToInt(i -> i)
            .sorted()
            .toArray();
    assertThat(PivotalContext.select(scores, scores.length, kept, sinkTokens)).isEqualTo(expected);
  }
}
