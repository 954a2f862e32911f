package org.pyramidspark.cache;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One layer's keys and values of one sequence, in pages for each KV head. All heads have as many
 * entries; which ones may differ. Entries are in the order of their original positions until {@link
 * #remove}; keys are stored rotated.
 *
 * <p>Pages are reserved and returned by the engine's thread; kernels of several threads may then
 * read and write the entries of different KV heads, or different entries, at once.
 */
public final class LayerCache {
  private final PageLayout layout;
  private final PagePool pool;
  private final long[][] pages;
  private int numPages;
  private int length;
  // One array while all heads have the same entries, then one for each.
  private int[][] positions = new int[1][0];
  private float[] generationScores = new float[0];
  private float[][] scores = new float[0][];
  private float[][][] firstKeys = new float[0][][];

  LayerCache(PageLayout layout, PagePool pool, int numKvHeads) {
    this.layout = layout;
    this.pool = pool;
    this.pages = new long[numKvHeads][0];
  }

  public PageLayout layout() {
    return layout;
  }

  /** Entries in the cache. */
  public int length() {
    return length;
  }

  public int numKvHeads() {
    return pages.length;
  }

  /** Original position of one entry of a KV head. */
  public int position(int kvHead, int entry) {
    return positions[positions.length == 1 ? 0 : kvHead][entry];
  }

  /** Address of the page that holds entries {@code page * 64} and up of one KV head. */
  public long page(int kvHead, int page) {
    return pages[kvHead][page];
  }

  /** Bytes of this layer's pages, shared ones included. */
  public long bytes() {
    return (long) numPages * pages.length * layout.bytes();
  }

  /** Bytes of the pages that one more entry takes. */
  long bytesOfNextEntry() {
    return length % PageLayout.TOKENS == 0 ? (long) pages.length * layout.bytes() : 0;
  }

  /**
   * Begins an empty cache with the first entries of another, without copying: both then hold their
   * pages. Whole pages are never written again, since what is appended goes to pages of its own;
   * but neither may drop any of these entries.
   *
   * @param donor has at least so many entries, which may still be to be written
   * @param entries a multiple of {@value PageLayout#TOKENS}
   */
  public void share(LayerCache donor, int entries) {
    boolean alike = donor.positions.length == 1;
    if (length > 0 || entries % PageLayout.TOKENS != 0 || entries > donor.length || !alike) {
      throw new IllegalArgumentException(
          "A cache of %d entries cannot begin with %d of another's %d."
              .formatted(length, entries, donor.length));
    }
    numPages = entries / PageLayout.TOKENS;
    length = entries;
    positions = new int[][] {Arrays.copyOf(donor.positions[0], entries)};
    for (int head = 0; head < pages.length; head++) {
      pages[head] = Arrays.copyOf(donor.pages[head], numPages);
      Arrays.stream(pages[head]).forEach(pool::share);
    }
  }

  /** Becomes the same as another in pages of its own; this one is empty. */
  void copyFrom(LayerCache other) {
    reservePages(other.numPages);
    for (int head = 0; head < pages.length; head++) {
      for (int page = 0; page < numPages; page++) {
        MemorySegment.copy(
            NativeMemory.ALL,
            other.pages[head][page],
            NativeMemory.ALL,
            pages[head][page],
            layout.bytes());
      }
    }
    length = other.length;
    positions = deepCopy(other.positions);
    generationScores = other.generationScores.clone();
    scores = Arrays.stream(other.scores).map(float[]::clone).toArray(float[][]::new);
    // First keys are read anew from the pages: nothing was rotated before the first step.
  }

  private static int[][] deepCopy(int[][] arrays) {
    return Arrays.stream(arrays).map(int[]::clone).toArray(int[][]::new);
  }

  /**
   * Adds entries, whose keys and values are then to be written.
   *
   * @param source original positions of rows, of which {@code count} from {@code from} on are added
   */
  public void append(int[] source, int from, int count) {
    reservePages(PageLayout.pages(length + count));
    for (int head = 0; head < positions.length; head++) {
      if (positions[head].length < length + count) {
        int room = Math.max(length + count, length + length / 4 + 16);
        positions[head] = Arrays.copyOf(positions[head], room);
      }
      System.arraycopy(source, from, positions[head], length, count);
    }
    length += count;
    growScores();
  }

  /** What is appended begins with no score. */
  private void growScores() {
    for (int head = 0; head < scores.length; head++) {
      if (scores[head].length < length) {
        scores[head] = Arrays.copyOf(scores[head], length + length / 4 + 16);
      }
    }
  }

  private void reservePages(int needed) {
    for (int head = 0; head < pages.length; head++) {
      if (pages[head].length < needed) {
        pages[head] = Arrays.copyOf(pages[head], needed + needed / 4 + 1);
      }
      for (int page = numPages; page < needed; page++) {
        pages[head][page] = pool.take();
      }
    }
    numPages = Math.max(numPages, needed);
  }

  /**
   * Keeps some entries of {@code [from, to)} and all others; pages that become empty are returned.
   *
   * @param kept entries of {@code [from, to)}, ascending, the same of all KV heads
   */
  public void retain(int from, int to, int[] kept) {
    for (int head = 0; head < pages.length; head++) {
      moveEntries(head, from, to, kept);
    }
    for (int[] headPositions : positions) {
      movePositions(headPositions, from, to, kept);
    }
    truncate(length - (to - from) + kept.length);
  }

  /**
   * Keeps some entries of {@code [from, to)} and all others, of each KV head its own.
   *
   * @param kept for each KV head as many entries of {@code [from, to)}, ascending
   */
  public void retain(int from, int to, int[][] kept) {
    separate();
    for (int head = 0; head < pages.length; head++) {
      moveEntries(head, from, to, kept[head]);
      movePositions(positions[head], from, to, kept[head]);
    }
    truncate(length - (to - from) + kept[0].length);
  }

  /** From here on KV heads have entries of their own. */
  private void separate() {
    if (positions.length < pages.length) {
      int[] common = positions[0];
      positions = new int[pages.length][];
      for (int head = 0; head < pages.length; head++) {
        positions[head] = common.clone();
      }
    }
  }

  private void moveEntries(int head, int from, int to, int[] kept) {
    int target = from;
    for (int entry : kept) {
      move(head, entry, target++);
    }
    for (int entry = to; entry < length; entry++) {
      move(head, entry, target++);
    }
  }

  private void movePositions(int[] headPositions, int from, int to, int[] kept) {
    int target = from;
    for (int entry : kept) {
      headPositions[target++] = headPositions[entry];
    }
    System.arraycopy(headPositions, to, headPositions, target, length - to);
  }

  private void move(int head, int source, int target) {
    if (source == target) {
      return;
    }
    layout.copyEntry(
        pages[head][source / PageLayout.TOKENS],
        source % PageLayout.TOKENS,
        pages[head][target / PageLayout.TOKENS],
        target % PageLayout.TOKENS);
    if (scores.length > 0) {
      scores[head][target] = scores[head][source];
    }
  }

  /**
   * Takes one entry out of each KV head; the last one moves to its place, so that nothing else
   * moves: entries are no longer in the order of their positions.
   *
   * @param entries by KV head; the same for all, or each its own
   */
  public void remove(int[] entries) {
    if (Arrays.stream(entries).anyMatch(entry -> entry != entries[0])) {
      separate();
    }
    for (int head = 0; head < pages.length; head++) {
      move(head, length - 1, entries[head]);
    }
    for (int head = 0; head < positions.length; head++) {
      positions[head][entries[head]] = positions[head][length - 1];
    }
    truncate(length - 1);
  }

  private void truncate(int newLength) {
    int needed = PageLayout.pages(newLength);
    for (int page = needed; page < numPages; page++) {
      for (long[] headPages : pages) {
        pool.giveBack(headPages[page]);
      }
    }
    for (float[] headScores : scores) {
      Arrays.fill(headScores, newLength, length, 0f);
    }
    numPages = needed;
    length = newLength;
  }

  /**
   * Running sums of weighted attention on generated entries, by the step that appended them; at
   * least {@code steps} long.
   */
  public float[] generationScores(int steps) {
    if (generationScores.length < steps) {
      generationScores = Arrays.copyOf(generationScores, steps);
    }
    return generationScores;
  }

  /**
   * Running sums of attention on each entry of a KV head, which move with the entries; 0 for what
   * was appended since.
   */
  public float[] scores(int kvHead) {
    if (scores.length == 0) {
      scores = new float[pages.length][length];
    }
    return scores[kvHead];
  }

  /**
   * Keys of the first entries as they were at the first call, {@code [count][headSize]}. One KV
   * head is asked for by one thread at a time, after {@link #keepFirstKeys}.
   */
  public float[][] firstKeys(int kvHead, int count) {
    if (firstKeys[kvHead] == null) {
      firstKeys[kvHead] = new float[count][layout.headSize()];
      for (int entry = 0; entry < count; entry++) {
        long page = pages[kvHead][entry / PageLayout.TOKENS];
        for (int dim = 0; dim < layout.headSize(); dim++) {
          firstKeys[kvHead][entry][dim] = layout.key(page, entry % PageLayout.TOKENS, dim);
        }
      }
    }
    return firstKeys[kvHead];
  }

  /** Makes room for {@link #firstKeys}. */
  public void keepFirstKeys() {
    if (firstKeys.length == 0) {
      firstKeys = new float[pages.length][][];
    }
  }

  /** Drops all entries and returns their pages. */
  public void clear() {
    truncate(0);
  }

  void release() {
    clear();
    positions = new int[1][0];
    generationScores = new float[0];
    scores = new float[0][];
    firstKeys = new float[0][][];
  }
}
