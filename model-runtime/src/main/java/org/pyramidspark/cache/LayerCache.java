package org.pyramidspark.cache;

import java.util.Arrays;

/**
 * One layer's keys and values of one sequence, in pages for each KV head. Entries are in the order
 * of their original positions; keys are stored rotated.
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
  private int[] positions = new int[0];
  private float[] generationScores = new float[0];

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

  /** Original position of one entry. */
  public int position(int entry) {
    return positions[entry];
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
    if (length > 0 || entries % PageLayout.TOKENS != 0 || entries > donor.length) {
      throw new IllegalArgumentException(
          "A cache of %d entries cannot begin with %d of another's %d."
              .formatted(length, entries, donor.length));
    }
    numPages = entries / PageLayout.TOKENS;
    length = entries;
    positions = Arrays.copyOf(donor.positions, entries);
    for (int head = 0; head < pages.length; head++) {
      pages[head] = Arrays.copyOf(donor.pages[head], numPages);
      Arrays.stream(pages[head]).forEach(pool::share);
    }
  }

  /**
   * Adds entries, whose keys and values are then to be written.
   *
   * @param source original positions of rows, of which {@code count} from {@code from} on are added
   */
  public void append(int[] source, int from, int count) {
    reservePages(PageLayout.pages(length + count));
    if (positions.length < length + count) {
      positions = Arrays.copyOf(positions, Math.max(length + count, length + length / 4 + 16));
    }
    System.arraycopy(source, from, positions, length, count);
    length += count;
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
   * @param kept entries of {@code [from, to)}, ascending
   */
  public void retain(int from, int to, int[] kept) {
    int target = from;
    for (int entry : kept) {
      move(entry, target++);
    }
    for (int entry = to; entry < length; entry++) {
      move(entry, target++);
    }
    truncate(target);
  }

  private void move(int source, int target) {
    if (source == target) {
      return;
    }
    positions[target] = positions[source];
    for (int head = 0; head < pages.length; head++) {
      layout.copyEntry(
          pages[head][source / PageLayout.TOKENS],
          source % PageLayout.TOKENS,
          pages[head][target / PageLayout.TOKENS],
          target % PageLayout.TOKENS);
    }
  }

  private void truncate(int newLength) {
    int needed = PageLayout.pages(newLength);
    for (int page = needed; page < numPages; page++) {
      for (long[] headPages : pages) {
        pool.giveBack(headPages[page]);
      }
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

  void release() {
    truncate(0);
  }
}
