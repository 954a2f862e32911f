package org.pyramidspark.op;

import java.util.List;
import java.util.stream.IntStream;
import org.pyramidspark.cache.PageLayout;

/**
 * Pages of one sequence's cache that are attended to in one go.
 *
 * @param first first page
 * @param end page after the last
 */
record PageRange(int first, int end) {
  /** Pages up to which a cache is not split: 1,024 entries. */
  private static final int MOST_PAGES = 16;

  /** All pages of so many entries. */
  static PageRange all(int entries) {
    return new PageRange(0, PageLayout.pages(entries));
  }

  /**
   * Ranges about as long as each other, so that one long cache keeps several threads busy. They
   * depend on nothing but the number of entries, so that sums come in the same order in any
   * company.
   */
  static List<PageRange> split(int entries) {
    int pages = PageLayout.pages(entries);
    int parts = Math.ceilDiv(pages, MOST_PAGES);
    return IntStream.range(0, parts)
        .mapToObj(part -> new PageRange(part * pages / parts, (part + 1) * pages / parts))
        .toList();
  }

  int pages() {
    return end - first;
  }
}
