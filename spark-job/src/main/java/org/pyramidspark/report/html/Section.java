package org.pyramidspark.report.html;

import java.util.List;

/**
 * A part of a page that its head links to.
 *
 * @param id unique on the page
 * @param heading plain
 * @param blocks from top to bottom
 */
public record Section(String id, String heading, List<Block> blocks) {
  public Section {
    blocks = List.copyOf(blocks);
  }
}
