package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.cache.CompressionPlan;
import org.pyramidspark.cache.EvictionPlan;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;

/** A generated token in one layer: appends, attends, and lets the plan cut the cache. */
final class DecodeShare implements LayerShare {
  private static final int[] ONLY_ROW = {0};

  private final CacheKernels kernels;
  private final LayerRows rows;
  private final LayerCache cache;
  private final GenerationCut cut;
  private final int numKvHeads;
  private final List<PageRange> split;
  private final List<KernelTask> merges = new ArrayList<>();

  DecodeShare(CacheKernels kernels, StepShare.Decode share, LayerRows rows, int layer) {
    this.kernels = kernels;
    this.rows = rows;
    this.cache = share.cache().layer(layer);
    this.numKvHeads = rows.projected().model().numKvHeads();
    cache.append(rows.projected().positions(), rows.firstRow(), 1);
    this.cut = cut(share, layer);
    this.split = split();
  }

  private GenerationCut cut(StepShare.Decode share, int layer) {
    return switch (share.plan()) {
      case CompressionPlan plan ->
          new CompressionCut(plan, cache, layer, share.step(), share.window());
      case EvictionPlan plan ->
          new EvictionCut(
              plan, cache, layer, share.position(), share.step(), rows.projected().rotary());
    };
  }

  /** Parts of a long cache; none where it is attended to in one go, as for scoring. */
  private List<PageRange> split() {
    List<PageRange> parts = PageRange.split(cache.length());
    boolean possible =
        !cut.scores()
            && cut.prepared() <= parts.getFirst().end() * PageLayout.TOKENS
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
                  cut.prepare(append.kvHead());
                  kernels.append(append, scratch);
                  kernels.attend(attention, scratch);
                }));
      } else {
        addParts(tasks, append, attention, parts(attention));
      }
    }
  }

  /** Only the first part has the entries that are prepared, and the last the one appended. */
  private void addParts(
      List<KernelTask> tasks,
      AppendTask append,
      AttentionTask attention,
      List<PartialAttention> parts) {
    for (int i = 0; i < parts.size(); i++) {
      PageRange pages = split.get(i);
      PartialAttention part = parts.get(i);
      boolean first = i == 0;
      boolean last = i == parts.size() - 1;
      tasks.add(
          new KernelTask(
              (long) pages.pages() * PageLayout.TOKENS,
              scratch -> {
                if (first) {
                  cut.prepare(append.kvHead());
                }
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
        cut.scoring(kvHead));
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
    cut.finish();
  }
}
