package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.config.KvType;

class LayerCacheTest {
  private static final int KV_HEADS = 3;

  /** Every element of the cache against a list of what should be in it, through random changes. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 64",
    "BFLOAT16, 64",
    "FLOAT32, 6",
    "BFLOAT16, 6",
    "BFLOAT16, 80",
    "FLOAT32, 128",
    "INT8, 64",
    "INT8, 6",
    "INT8, 80"
  })
  void holdsWhatWasAppendedLessWhatWasDropped(KvType type, int headSize) {
    PageLayout layout = new PageLayout(headSize, type);
    Random random = new Random(7);
    try (PagePool pool = new PagePool(layout.bytes())) {
      SequenceCache sequence = new SequenceCache(layout, pool, 1, KV_HEADS);
      LayerCache cache = sequence.layer(0);
      List<Integer> expected = new ArrayList<>();
      for (int round = 0; round < 40; round++) {
        append(cache, expected, 1 + random.nextInt(150));
        int from = random.nextInt(expected.size());
        int to = from + random.nextInt(expected.size() - from + 1);
        int[] kept = IntStream.range(from, to).filter(i -> random.nextBoolean()).toArray();
        cache.retain(from, to, kept);
        List<Integer> remaining = new ArrayList<>(expected.subList(0, from));
        IntStream.of(kept).mapToObj(expected::get).forEach(remaining::add);
        remaining.addAll(expected.subList(to, expected.size()));
        expected = remaining;
        assertContent(cache, expected);
        assertThat(pool.bytesInUse())
            .isEqualTo((long) PageLayout.pages(expected.size()) * KV_HEADS * layout.bytes())
            .isEqualTo(sequence.bytes());
      }
      sequence.close();
      assertThat(pool.bytesInUse()).isZero();
      assertThat(pool.peakBytes()).isPositive();
    }
  }

  /**
   * Each KV head's entries against a list of its own, through random changes, with their scores and
   * in any order.
   */
  @ParameterizedTest
  @CsvSource({"FLOAT32, 64, 1", "BFLOAT16, 6, 2", "INT8, 80, 3", "INT8, 6, 4", "FLOAT32, 6, 5"})
  void eachHeadHoldsItsOwn(KvType type, int headSize, long seed) {
    PageLayout layout = new PageLayout(headSize, type);
    Random random = new Random(seed);
    try (PagePool pool = new PagePool(layout.bytes());
        SequenceCache sequence = new SequenceCache(layout, pool, 1, KV_HEADS)) {
      LayerCache cache = sequence.layer(0);
      List<List<Integer>> expected = new ArrayList<>();
      for (int head = 0; head < KV_HEADS; head++) {
        expected.add(new ArrayList<>());
      }
      int position = 0;
      for (int round = 0; round < 60; round++) {
        int count = 1 + random.nextInt(round % 3 == 0 ? 150 : 3);
        appendToAll(cache, expected, position, count);
        position += count;
        change(cache, expected, random);
        assertHeads(cache, expected);
        assertThat(pool.bytesInUse())
            .isEqualTo((long) PageLayout.pages(cache.length()) * KV_HEADS * layout.bytes());
      }
    }
  }

  /** New entries have no score; here they get one. */
  private static void appendToAll(
      LayerCache cache, List<List<Integer>> expected, int position, int count) {
    int first = cache.length();
    cache.append(IntStream.range(position, position + count).toArray(), 0, count);
    for (int head = 0; head < KV_HEADS; head++) {
      for (int i = 0; i < count; i++) {
        write(cache, head, first + i, position + i);
        assertThat(cache.scores(head)[first + i]).isZero();
        cache.scores(head)[first + i] = score(head, position + i);
        expected.get(head).add(position + i);
      }
    }
  }

  private static float score(int head, int position) {
    return 1 + position * KV_HEADS + head;
  }

  private static void change(LayerCache cache, List<List<Integer>> expected, Random random) {
    int from = random.nextInt(cache.length());
    int to = from + random.nextInt(cache.length() - from + 1);
    int kept = random.nextInt(to - from + 1);
    switch (random.nextInt(4)) {
      case 0 -> {
        int[] same = some(from, to, kept, random);
        cache.retain(from, to, same);
        expected.forEach(head -> keep(head, from, to, same));
      }
      case 1 -> {
        int[][] own = new int[KV_HEADS][];
        for (int head = 0; head < KV_HEADS; head++) {
          own[head] = some(from, to, kept, random);
          keep(expected.get(head), from, to, own[head]);
        }
        cache.retain(from, to, own);
      }
      default -> {
        boolean same = random.nextBoolean();
        int[] entries = new int[KV_HEADS];
        for (int head = 0; head < KV_HEADS; head++) {
          entries[head] = same ? from : random.nextInt(cache.length());
          swapOut(expected.get(head), entries[head]);
        }
        cache.remove(entries);
      }
    }
  }

  private static int[] some(int from, int to, int kept, Random random) {
    List<Integer> entries = new ArrayList<>(IntStream.range(from, to).boxed().toList());
    Collections.shuffle(entries, random);
    return entries.stream().limit(kept).mapToInt(i -> i).sorted().toArray();
  }

  private static void keep(List<Integer> positions, int from, int to, int[] kept) {
    List<Integer> chosen = IntStream.of(kept).mapToObj(positions::get).toList();
    positions.subList(from, to).clear();
    positions.addAll(from, chosen);
  }

  private static void swapOut(List<Integer> positions, int entry) {
    int last = positions.removeLast();
    if (entry < positions.size()) {
      positions.set(entry, last);
    }
  }

  private static void assertHeads(LayerCache cache, List<List<Integer>> expected) {
    for (int head = 0; head < KV_HEADS; head++) {
      List<Integer> positions = expected.get(head);
      assertThat(cache.length()).isEqualTo(positions.size());
      for (int entry = 0; entry < positions.size(); entry++) {
        assertThat(cache.position(head, entry)).isEqualTo(positions.get(entry));
        assertThat(cache.scores(head)[entry]).isEqualTo(score(head, positions.get(entry)));
        assertEntry(cache, head, entry, positions.get(entry));
      }
    }
  }

  /** The first keys are those of the first call, whatever is written over them since. */
  @Test
  void theFirstKeysStayAsTheyWere() {
    PageLayout layout = new PageLayout(6, KvType.FLOAT32);
    try (PagePool pool = new PagePool(layout.bytes());
        SequenceCache sequence = new SequenceCache(layout, pool, 1, KV_HEADS)) {
      LayerCache cache = sequence.layer(0);
      append(cache, new ArrayList<>(), 100);
      cache.keepFirstKeys();
      for (int head = 0; head < KV_HEADS; head++) {
        cache.firstKeys(head, 70);
        for (int entry = 0; entry < 70; entry++) {
          write(cache, head, entry, 1000);
        }
        cache.keepFirstKeys();
        for (int entry = 0; entry < 70; entry++) {
          for (int dim = 0; dim < 6; dim++) {
            assertThat(cache.firstKeys(head, 70)[entry][dim]).isEqualTo(key(head, entry, dim));
          }
        }
      }
    }
  }

  @Test
  void aCacheWhoseHeadsDifferSharesNothing() {
    PageLayout layout = new PageLayout(16, KvType.FLOAT32);
    try (PagePool pool = new PagePool(layout.bytes());
        SequenceCache donor = new SequenceCache(layout, pool, 1, KV_HEADS);
        SequenceCache borrower = new SequenceCache(layout, pool, 1, KV_HEADS)) {
      append(donor.layer(0), new ArrayList<>(), 200);
      donor.layer(0).remove(new int[] {0, 1, 2});
      assertThatThrownBy(() -> borrower.layer(0).share(donor.layer(0), 64))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /**
   * A cache that begins with another's pages holds them whoever goes first, and counts them once.
   */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void sharedPagesLiveUntilTheLastHolderReturnsThem(boolean donorFirst) {
    PageLayout layout = new PageLayout(16, KvType.FLOAT32);
    long pages = (long) KV_HEADS * layout.bytes();
    try (PagePool pool = new PagePool(layout.bytes())) {
      SequenceCache donor = new SequenceCache(layout, pool, 1, KV_HEADS);
      SequenceCache borrower = new SequenceCache(layout, pool, 1, KV_HEADS);
      SequenceCache next = new SequenceCache(layout, pool, 1, KV_HEADS);
      List<Integer> ofDonor = new ArrayList<>();
      append(donor.layer(0), ofDonor, 200);
      borrower.layer(0).share(donor.layer(0), 128);
      List<Integer> ofBorrower = new ArrayList<>(ofDonor.subList(0, 128));
      append(borrower.layer(0), ofBorrower, 10);
      append(donor.layer(0), ofDonor, 100);
      next.layer(0).share(borrower.layer(0), 64);
      assertContent(donor.layer(0), ofDonor);
      assertContent(borrower.layer(0), ofBorrower);
      assertThat(borrower.bytes()).isEqualTo(3 * pages);
      assertThat(pool.bytesInUse()).isEqualTo((5 + 1) * pages);

      (donorFirst ? donor : borrower).close();
      assertContent((donorFirst ? borrower : donor).layer(0), donorFirst ? ofBorrower : ofDonor);
      assertThat(pool.bytesInUse()).isEqualTo((donorFirst ? 3 : 5) * pages);
      (donorFirst ? borrower : donor).close();
      assertContent(next.layer(0), ofDonor.subList(0, 64));
      assertThat(pool.bytesInUse()).isEqualTo(pages);
      next.close();
      assertThat(pool.bytesInUse()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 100", "0, 256", "1, 64"})
  void onlyAnEmptyCacheBeginsWithWholePagesOfAnother(int length, int entries) {
    PageLayout layout = new PageLayout(16, KvType.FLOAT32);
    try (PagePool pool = new PagePool(layout.bytes())) {
      LayerCache donor = new SequenceCache(layout, pool, 1, KV_HEADS).layer(0);
      LayerCache borrower = new SequenceCache(layout, pool, 1, KV_HEADS).layer(0);
      donor.append(IntStream.range(0, 200).toArray(), 0, 200);
      borrower.append(new int[] {0}, 0, length);
      assertThatThrownBy(() -> borrower.share(donor, entries))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Integer.toString(entries));
    }
  }

  private static void append(LayerCache cache, List<Integer> expected, int count) {
    int first = cache.length();
    int position = expected.isEmpty() ? 0 : expected.getLast() + 1;
    int[] positions = IntStream.range(position, position + count).toArray();
    cache.append(positions, 0, count);
    for (int i = 0; i < count; i++) {
      expected.add(positions[i]);
      for (int head = 0; head < KV_HEADS; head++) {
        write(cache, head, first + i, positions[i]);
      }
    }
  }

  private static void write(LayerCache cache, int head, int entry, int position) {
    PageLayout layout = cache.layout();
    long page = cache.page(head, entry / PageLayout.TOKENS);
    float[] key = new float[layout.headSize()];
    float[] value = new float[layout.headSize()];
    for (int dim = 0; dim < layout.headSize(); dim++) {
      key[dim] = key(head, position, dim);
      value[dim] = -key[dim];
    }
    layout.putKey(page, entry % PageLayout.TOKENS, key);
    layout.putValue(page, entry % PageLayout.TOKENS, value);
  }

  /**
   * Exact in bfloat16: at most eight bits. Exact in int8: the first of a head is 127 times a power
   * of two, and so the scale that power; the others are multiples of it.
   */
  private static float key(int head, int position, int dim) {
    int power = 1 << position % 3;
    return power * (dim == 0 ? 127 : (position * 31 + dim * 7 + head * 3) % 251 - 125);
  }

  private static void assertContent(LayerCache cache, List<Integer> expected) {
    assertThat(cache.length()).isEqualTo(expected.size());
    for (int entry = 0; entry < expected.size(); entry++) {
      int position = expected.get(entry);
      assertThat(cache.position(entry % KV_HEADS, entry)).isEqualTo(position);
      for (int head = 0; head < KV_HEADS; head++) {
        assertEntry(cache, head, entry, position);
      }
    }
  }

  private static void assertEntry(LayerCache cache, int head, int entry, int position) {
    PageLayout layout = cache.layout();
    long page = cache.page(head, entry / PageLayout.TOKENS);
    for (int dim = 0; dim < layout.headSize(); dim++) {
      float key = layout.key(page, entry % PageLayout.TOKENS, dim);
      float value = layout.value(page, entry % PageLayout.TOKENS, dim);
      if (key != key(head, position, dim) || value != -key) {
        assertThat(key)
            .as("key of entry %d, dim %d", entry, dim)
            .isEqualTo(key(head, position, dim));
        assertThat(value).isEqualTo(-key);
      }
    }
  }
}
