package org.pyramidspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BusySpansTest {
  private static final int LAST = 60;

  /** Against a timeline of seconds. */
  @Property
  void idleIsEachSecondWithoutATask(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = LAST) Integer> begins,
      @ForAll @Size(min = 8, max = 8) List<@IntRange(max = 20) Integer> lengths) {
    BusySpans spans = new BusySpans();
    BitSet busy = new BitSet();
    int end = 0;
    for (int i = 0; i < begins.size(); i++) {
      int to = begins.get(i) + lengths.get(i);
      spans.add(at(begins.get(i)), at(to));
      busy.set(begins.get(i), to);
      end = Math.max(end, to);
    }
    int first = begins.stream().mapToInt(Integer::intValue).min().orElseThrow();

    assertThat(spans.whole(at(end))).isEqualTo(Duration.ofSeconds(end - first));
    assertThat(spans.idle(at(end))).isEqualTo(Duration.ofSeconds(end - first - busy.cardinality()));
  }

  private static Instant at(int second) {
    return Instant.EPOCH.plusSeconds(second);
  }
}
