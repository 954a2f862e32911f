package org.pyramidspark.op;

import static org.pyramidspark.op.StepShare.Prefill.TASK_ROWS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.LayerPlan;
import org.pyramidspark.op.AttentionTask.Scoring;

/**
 * A prompt in one layer. All rows give keys and values; the observing rows attend and score the
 * others; then only the rows that go on attend: nobody needs the attention of a row that goes no
 * further. In the last layer only the last row goes on, for the output head. At the end the cache
 * is cut to what the plan keeps.
 *
 * <p>Where anything is to be dropped and the cache is of int8, the rows attend to keys and values
 * as they were computed, which are all at hand in this step; int8 is for the steps after it. That
 * is so in all layers: rounding in one that drops nothing would move what the next ones choose. Who
 * keeps everything may share a prefix, which is at hand in int8 only.
 *
 * <p>Rows of a shared prefix are not there; their entries are, before those of the others.
 */
final class PrefillShare implements LayerShare {
  private final CacheKernels kernels;
  private final LayerRows rows;
  private final int layer;
  private final SelectionListener listener;
  private final LayerCache cache;
  // What the rows attend to: the cache, or its entries before they are rounded.
  private final LayerCache attended;
  private final LayerPlan plan;
  private final boolean lastLayer;
  private final int numKvHeads;
  private final int numRowsOn;
  private final int cachedBefore;
  private final int observed;
  private final LayerScores scores;
  private int[] pivotal = new int[0];
  // Held until the layer is done: the tasks know its address only.
  private MemorySegment unread = MemorySegment.NULL;

  PrefillShare(
      CacheKernels kernels, StepShare.Prefill share, LayerRows rows, int layer, boolean lastLayer) {
    this.kernels = kernels;
    this.rows = rows;
    this.layer = layer;
    this.listener = share.listener();
    this.cache = share.cache().layer(layer);
    this.plan = share.plan().layer(layer);
    this.lastLayer = lastLayer;
    this.numKvHeads = rows.projected().model().numKvHeads();
    this.numRowsOn = rowsOn(share, layer, lastLayer);
    this.observed = scoresAnything() ? plan.observation().rows() : 0;
    this.scores = new LayerScores(plan, numKvHeads, observed > 0);
    share.prefix().ifPresent(prefix -> cache.share(prefix.donor().layer(layer), prefix.tokens()));
    this.cachedBefore = cache.length();
    cache.append(rows.projected().positions(), rows.firstRow(), rows.rows());
    this.attended = share.plan().keepsAll() ? cache : share.cache().unrounded().orElse(cache);
    if (attended != cache) {
      attended.append(rows.projected().positions(), rows.firstRow(), rows.rows());
    }
  }

  static int rowsOn(StepShare.Prefill share, int layer, boolean lastLayer) {
    return lastLayer ? 1 : share.plan().layer(layer).rowsOn() - share.firstPosition();
  }

  @Override
  public int rowsOn() {
    return numRowsOn;
  }

  private boolean dropsRows() {
    return plan.dropsRows() && !lastLayer;
  }

  private boolean scoresAnything() {
    return dropsRows() || plan.dropsEntries() || plan.observation().kept();
  }

  @Override
  public void addAppendTasks(List<KernelTask> tasks) {
    addAppends(tasks, cache);
    if (attended != cache) {
      addAppends(tasks, attended);
    }
  }

  private void addAppends(List<KernelTask> tasks, LayerCache target) {
    for (int kvHead = 0; kvHead < numKvHeads; kvHead++) {
      for (int from = 0; from < rows.rows(); from += TASK_ROWS) {
        int count = Math.min(TASK_ROWS, rows.rows() - from);
        int row = rows.firstRow() + from;
        AppendTask task =
            new AppendTask(
                rows.projected(),
                target,
                kvHead,
                row,
                count,
                cachedBefore + from,
                target == cache ? scores.valueNorms(kvHead) : AppendTask.UNWANTED);
        tasks.add(new KernelTask(count, scratch -> kernels.append(task, scratch)));
      }
    }
  }

  /** The rows that observe; or all, where none does. */
  @Override
  public void addAttentionTasks(List<KernelTask> tasks) {
    if (observed == 0) {
      addRemaining(tasks);
      return;
    }
    int[] observing = range(rows.rows() - observed, rows.rows());
    if (lastLayer) {
      // Only the last row's result is needed, and has a place; it is computed with the remaining.
      unread = Arena.ofAuto().allocate(observed * rows.context().rowBytes(), 64);
      addAttention(tasks, observing, rows.context().at(unread.address()), 0, true);
    } else {
      int firstRow = rows.firstContextRow() + numRowsOn - observed;
      addAttention(tasks, observing, rows.context(), firstRow, true);
    }
  }

  @Override
  public void addPivotalTasks(List<KernelTask> tasks) {
    if (observed > 0) {
      addRemaining(tasks);
    }
  }

  private void addRemaining(List<KernelTask> tasks) {
    int[] queries =
        lastLayer
            ? range(rows.rows() - 1, rows.rows())
            : IntStream.concat(
                    Arrays.stream(pivotalRows()),
                    IntStream.range(rows.rows() - plan.last(), rows.rows() - observed))
                .toArray();
    addAttention(tasks, queries, rows.context(), rows.firstContextRow(), false);
  }

  /** Rows before the last ones that go on and do not observe. */
  private int[] pivotalRows() {
    return dropsRows() ? pivotal : range(0, rows.rows() - Math.max(plan.last(), observed));
  }

  private void addAttention(
      List<KernelTask> tasks, int[] queries, ContextRows context, int firstRow, boolean scored) {
    for (int kvHead = 0; kvHead < numKvHeads; kvHead++) {
      for (int from = 0; from < queries.length; from += TASK_ROWS) {
        int to = Math.min(from + TASK_ROWS, queries.length);
        AttentionTask task =
            new AttentionTask(
                rows.projected(),
                context,
                attended,
                kvHead,
                rows.firstRow(),
                cachedBefore,
                queries,
                from,
                to,
                firstRow,
                scored ? scores.scoring(kvHead) : Scoring.none());
        long cost = (long) (to - from) * task.visible(to - 1);
        tasks.add(new KernelTask(cost, scratch -> kernels.attend(task, scratch)));
      }
    }
  }

  @Override
  public void select() {
    if (observed > 0) {
      scores.complete();
    }
    if (dropsRows()) {
      pivotal = scores.bestRows();
      listener.selected(layer, scores.ofRows(), pivotal);
    }
  }

  @Override
  public void finish(int[] rowsOn, int from) {
    if (lastLayer) {
      rowsOn[from] = rows.firstRow() + rows.rows() - 1;
    } else {
      int next = from;
      int context = rows.rows() - plan.last();
      for (int row : dropsRows() ? pivotal : range(0, context)) {
        rowsOn[next++] = rows.firstRow() + row;
      }
      for (int row = context; row < rows.rows(); row++) {
        rowsOn[next++] = rows.firstRow() + row;
      }
    }
    if (attended != cache) {
      attended.clear();
    }
    cutCache();
  }

  private void cutCache() {
    if (plan.observation().kept()) {
      scores.copyTo(cache);
    }
    if (plan.dropsEntries() && plan.perKvHead()) {
      cache.retain(0, plan.context(), scores.bestEntriesOfEach());
    } else if (plan.dropsEntries()) {
      cache.retain(0, plan.context(), scores.bestEntries());
    }
  }

  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }
}
