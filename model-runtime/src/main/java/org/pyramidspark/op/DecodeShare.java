package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.cache.GenerationPlan.Compression;
import org.pyramidspark.cache.GenerationPlan.ScoringWindow;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;
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
  private final List<PageRange> split;
  private final List<KernelTask> merges = new ArrayList<>();

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
    this.split = split();
  }

  /** Parts of a long cache; none where it is attended to in one go, as for scoring. */
  private List<PageRange> split() {
    List<PageRange> parts = PageRange.split(cache.length());
    boolean possible =
        share.scoring().isEmpty()
            && rows.projected().model().groupSize() <= CacheKernels.MOST_SPLIT;
    return possible && parts.size() > 1 ? parts : List.of();
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
      AttentionTask attention = attention(kvHead);
      if (split.isEmpty()) {
        tasks.add(
            new KernelTask(
                cache.length(),
                scratch -> {
                  kernels.append(append, scratch);
                  kernels.attend(attention, scratch);
                }));
      } else {
        addParts(tasks, append, attention, parts(attention));
      }
    }
  }

  /** Only the last part has the entry that is appended. */
  private void addParts(
      List<KernelTask> tasks,
      AppendTask append,
      AttentionTask attention,
      List<PartialAttention> parts) {
    for (int i = 0; i < parts.size(); i++) {
      PageRange pages = split.get(i);
      PartialAttention part = parts.get(i);
      boolean last = i == parts.size() - 1;
      tasks.add(
          new KernelTask(
              (long) pages.pages() * PageLayout.TOKENS,
              scratch -> {
                if (last) {
                  kernels.append(append, scratch);
                }
                kernels.attend(attention, pages, part, scratch);
              }));
    }
  }

  private List<PartialAttention> parts(AttentionTask attention) {
    int headSize = cache.layout().headSize();
    List<PartialAttention> parts =
        split.stream().map(pages -> PartialAttention.of(attention.numVectors(), headSize)).toList();
    merges.add(
        new KernelTask(
            (long) parts.size() * headSize,
            scratch -> PartialAttention.merge(parts, attention, scratch)));
    return parts;
  }

  private AttentionTask attention(int kvHead) {
    return new AttentionTask(
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
  public void addAttentionTasks(List<KernelTask> tasks) {
    tasks.addAll(merges);
  }

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
