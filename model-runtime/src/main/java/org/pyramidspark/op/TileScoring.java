package org.pyramidspark.op;

import static org.pyramidspark.op.TileProduct.LANES;

import java.util.Arrays;
import org.pyramidspark.cache.PageLayout;

/**
 * The attention that entries get from scored queries, out of the probabilities that {@link
 * TiledAttention} computes anyway: they are kept, unnormalised, with the references they are
 * relative to, and weighted once a block's references and sums are final. To compute them again
 * would cost four times as much.
 */
final class TileScoring {
  private static final int TOKENS = PageLayout.TOKENS;
  private static final int PROBABILITIES = 10;
  private static final int REFERENCES = 11;
  private static final int WEIGHTS = 12;
  private static final int PARTIALS = 13;
  private static final int FACTORS = 14;

  private final Softmax softmax;
  private final AttentionTask task;
  private final int firstPage;
  private final int pages;
  private final float[] probabilities;
  private final float[] references;
  private final float[] weights;
  private final float[] factors;
  private final float[] partials;

  TileScoring(Softmax softmax, AttentionTask task, int blocks, KernelScratch scratch) {
    AttentionTask.Scoring scoring = task.scoring();
    int end = Math.min(scoring.firstEntry() + scoring.entries(), task.visible(task.to() - 1));
    this.softmax = softmax;
    this.task = task;
    this.firstPage = scoring.firstEntry() / TOKENS;
    this.pages = scoring.wanted() ? Math.max(0, PageLayout.pages(end) - firstPage) : 0;
    this.probabilities = scratch.floats(PROBABILITIES, blocks * pages * TOKENS * LANES);
    this.references = scratch.floats(REFERENCES, blocks * pages * LANES);
    this.weights = scratch.floats(WEIGHTS, LANES);
    this.factors = scratch.floats(FACTORS, LANES);
    this.partials = scratch.floats(PARTIALS, pages * TOKENS * Softmax.PARTIALS);
    Arrays.fill(partials, 0, pages * TOKENS * Softmax.PARTIALS, 0f);
  }

  /** Whether a tile's probabilities are to be kept. */
  boolean keeps(int page) {
    return page >= firstPage && page < firstPage + pages;
  }

  /** Where they are to be kept. */
  float[] probabilities() {
    return probabilities;
  }

  /** From where on. */
  int offset(int block, int page) {
    return at(block, page) * TOKENS * LANES;
  }

  private int at(int block, int page) {
    return block * pages + page - firstPage;
  }

  /** Keeps what the tile's probabilities are relative to. */
  void keepReferences(int block, int page, float[] now) {
    System.arraycopy(now, block * LANES, references, at(block, page) * LANES, LANES);
  }

  /** Adds a finished block, whose first query vector is {@code first + block * LANES}. */
  void add(int first, int block, float[] finalReferences, float[] sums) {
    if (pages == 0) {
      return;
    }
    int from = first + block * LANES;
    int last = Math.min(from + LANES, task.numVectors()) - 1;
    for (int lane = 0; lane < LANES; lane++) {
      int query = from + lane;
      weights[lane] = query <= last ? task.scoring().weights()[task.index(query)] : 0;
      // What is to count is measured by what each visible entry would get of equal attention.
      factors[lane] =
          query <= last && task.scoring().counts()
              ? task.visible(task.index(query))
              : weights[lane];
    }
    int seen = task.visible(task.index(last));
    for (int page = firstPage; page < firstPage + pages && page * TOKENS < seen; page++) {
      int then = at(block, page) * LANES;
      softmax.coefficients(references, then, finalReferences, sums, block * LANES, factors);
      add(block, page, Math.min(TOKENS, seen - page * TOKENS), then);
    }
  }

  private void add(int block, int page, int entries, int then) {
    int offset = offset(block, page);
    int target = (page - firstPage) * TOKENS * Softmax.PARTIALS;
    if (task.scoring().counts()) {
      softmax.addCounted(
          probabilities, offset, entries, references, then, weights, partials, target);
    } else {
      softmax.addWeighted(probabilities, offset, entries, references, then, partials, target);
    }
  }

  /** Adds everything to the task's sums. */
  void finish() {
    AttentionTask.Scoring scoring = task.scoring();
    int skipped = scoring.firstEntry() - firstPage * TOKENS;
    int scored = Math.min(scoring.entries(), pages * TOKENS - skipped);
    for (int j = 0; j < scored; j++) {
      int from = (skipped + j) * Softmax.PARTIALS;
      float sum = 0;
      for (int i = from; i < from + Softmax.PARTIALS; i++) {
        sum += partials[i];
      }
      scoring.sums()[j] += sum;
    }
  }
}
