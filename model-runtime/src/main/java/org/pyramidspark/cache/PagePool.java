package org.pyramidspark.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Off-heap pages of one size, recycled: memory grows in slabs to the most that was ever in use and
 * is given back when the pool closes. A page may have several holders; it counts once, and is free
 * when the last has returned it.
 *
 * <p>Pages are taken, shared and returned by one thread at a time (the engine's); the counts may be
 * read by any.
 */
public final class PagePool implements AutoCloseable {
  private static final long SLAB_BYTES = 16L << 20;

  private final int pageBytes;
  private final Arena arena = Arena.ofShared();
  private long[] free = new long[256];
  private int numFree;
  private final Map<Long, Integer> furtherHolders = new HashMap<>();
  private volatile long pagesInUse;
  private volatile long peakPages;

  /**
   * @param pageBytes size of a page
   */
  public PagePool(int pageBytes) {
    this.pageBytes = pageBytes;
  }

  /** Address of a page that nobody else uses; its content is undefined. */
  long take() {
    if (numFree == 0) {
      addSlab();
    }
    pagesInUse = pagesInUse + 1;
    peakPages = Math.max(peakPages, pagesInUse);
    return free[--numFree];
  }

  /** Gives a page that is in use one more holder. */
  void share(long page) {
    furtherHolders.merge(page, 1, Integer::sum);
  }

  /** Takes a page back from one of its holders. */
  void giveBack(long page) {
    Integer further = furtherHolders.remove(page);
    if (further == null) {
      pagesInUse = pagesInUse - 1;
      push(page);
    } else if (further > 1) {
      furtherHolders.put(page, further - 1);
    }
  }

  private void addSlab() {
    long pages = Math.max(1, SLAB_BYTES / pageBytes);
    MemorySegment slab = HugePages.allocate(pages * pageBytes, arena);
    for (long i = pages - 1; i >= 0; i--) {
      push(slab.address() + i * pageBytes);
    }
  }

  private void push(long page) {
    if (numFree == free.length) {
      free = Arrays.copyOf(free, 2 * numFree);
    }
    free[numFree++] = page;
  }

  /** Bytes of one page. */
  public int pageBytes() {
    return pageBytes;
  }

  /** Bytes of the pages in use, each counted once. */
  public long bytesInUse() {
    return pagesInUse * pageBytes;
  }

  /** The most bytes that were in use at once. */
  public long peakBytes() {
    return peakPages * pageBytes;
  }

  /** Counts the peak from now on. */
  void resetPeak() {
    peakPages = pagesInUse;
  }

  @Override
  public void close() {
    arena.close();
  }
}
