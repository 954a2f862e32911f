package org.pyramidspark.report.html;

import java.util.List;
import java.util.Optional;

/**
 * Blocks that the reader unfolds.
 *
 * @param name plain
 * @param note on what they show, beside the name
 * @param strip what is seen of them before
 * @param open whether they are unfolded to begin with
 * @param blocks from top to bottom
 */
public record Fold(
    String name, String note, Optional<HeatStrip> strip, boolean open, List<Block> blocks)
    implements Block {
  public Fold {
    blocks = List.copyOf(blocks);
  }
}
