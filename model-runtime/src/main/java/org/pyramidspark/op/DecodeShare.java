package org.pyramidspark.op;

import java.util.List;
import java.util.Optional;
import org.pyramidspark.cache.GenerationPlan.Compression;
import org.pyramidspark.cache.GenerationPlan.ScoringWindow;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PivotalContext;
import org.pyramidspark.op.AttentionTask.Scoring;

/** A generated token in one layer: appends, attends, scores and, now and then, compresses. */
final class DecodeShare implements LayerShare {
  private static final int[] ONLY_ROW = {0};

  private final CacheKernels kernels;
  private final StepShare.Decode share;
  private final LayerRows rows;
  private final int layer;
  private final LayerCache cache;
  private final int numKvHeads;
  private final float[][] headSums;

  DecodeShare(CacheKernels kernels, StepShare.Decode share, LayerRows rows, int layer) {
    this.kernels = kernels;
    this.share = share;
    this.rows = rows;
    this.layer = layer;
    this.cache = share.cache().layer(layer);
    this.numKvHeads = rows.projected().model().numKvHeads();
    int scored = share.scoring().map(window -> window.weights().length).orElse(0);
    this.headSums = new float[numKvHeads][scored];
    cache.append(rows.projected().positions(), rows.firstRow(), 1);
  }

  @Override
  public int rowsOn() {
    return 1;
  }

  @Override
  public void addAppendTasks(List<KernelTask> tasks) {
    for (int kvHead = 0; kvHead < numKvHeads; kvHead++) {
      AppendTask append =
          new AppendTask(rows.projected(), cache, kvHead, rows.firstRow(), 1, cache.length() - 1);
      AttentionTask attention =
          new AttentionTask(
              rows.projected(),
              rows.context(),
              cache,
              kvHead,
              rows.firstRow(),
              cache.length() - 1,
              ONLY_ROW,
              0,
              1,
              rows.firstContextRow(),
              scoring(kvHead));
      tasks.add(
          new KernelTask(
              cache.length(),
              scratch -> {
                kernels.append(append, scratch);
                kernels.attend(attention, scratch);
              }));
    }
  }

  private Scoring scoring(int kvHead) {
    return share
        .scoring()
        .map(
            window ->
                new Scoring(
                    entryOf(window.firstCandidate()),
                    window.weights().length,
                    new float[] {1},
                    headSums[kvHead]))
        .orElse(Scoring.none());
  }

  /** The entry that a step appended; none after it was ever dropped. */
  private int entryOf(int step) {
    return cache.length() - 1 - (share.step() - step);
  }

  @Override
  public void addAttentionTasks(List<KernelTask> tasks) {}

  @Override
  public void addPivotalTasks(List<KernelTask> tasks) {}

  @Override
  public void select() {}

  @Override
  public void finish(int[] rowsOn, int from) {
    rowsOn[from] = rows.firstRow();
    share.scoring().ifPresent(this::addScores);
    Optional<Compression> compression = share.plan().compressionAt(share.step());
    compression.ifPresent(this::compress);
  }

  private void addScores(ScoringWindow window) {
    float[] scores = cache.generationScores(share.step() + 1);
    for (int j = 0; j < window.weights().length; j++) {
      float sum = 0;
      for (float[] sums : headSums) {
        sum += sums[j];
      }
      scores[window.firstCandidate() + j] += window.weights()[j] * sum;
    }
  }

  private void compress(Compression compression) {
    float[] scores = cache.generationScores(share.step() + 1);
    float[] candidates = new float[compression.candidates()];
    System.arraycopy(scores, compression.firstCandidate(), candidates, 0, compression.candidates());
    int[] kept =
        PivotalContext.select(candidates, candidates.length, compression.kept().get(layer), 0);
    int first = entryOf(compression.firstCandidate());
    for (int i = 0; i < kept.length; i++) {
      kept[i] += first;
    }
    cache.retain(first, first + compression.candidates(), kept);
  }
}
