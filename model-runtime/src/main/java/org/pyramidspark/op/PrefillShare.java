package org.pyramidspark.op;

import static org.pyramidspark.op.StepShare.Prefill.TASK_ROWS;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.LayerPlan;
import org.pyramidspark.cache.PivotalContext;
import org.pyramidspark.op.AttentionTask.Scoring;

/**
 * A prompt in one layer. All rows give keys and values; the recent rows S_r attend and score the
 * context S_c; then only the pivotal context attends: nobody needs the attention of a row that goes
 * no further. In the last layer only the last row goes on, for the output head.
 *
 * <p>Rows of a shared prefix are not there; their entries are, before those of the others.
 */
final class PrefillShare implements LayerShare {
  private final CacheKernels kernels;
  private final LayerRows rows;
  private final int layer;
  private final SelectionListener listener;
  private final LayerCache cache;
  private final LayerPlan plan;
  private final boolean lastLayer;
  private final int numKvHeads;
  private final int numRowsOn;
  private final int cachedBefore;
  private final List<float[]> partialScores = new ArrayList<>();
  private int[] pivotal = new int[0];
  private float[] scores = new float[0];

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
    share.prefix().ifPresent(prefix -> cache.share(prefix.donor().layer(layer), prefix.tokens()));
    this.cachedBefore = cache.length();
    cache.append(rows.projected().positions(), rows.firstRow(), rows.rows());
  }

  static int rowsOn(StepShare.Prefill share, int layer, boolean lastLayer) {
    return lastLayer ? 1 : share.plan().layer(layer).rowsOn() - share.firstPosition();
  }

  @Override
  public int rowsOn() {
    return numRowsOn;
  }

  private boolean selects() {
    return plan.selects() && !lastLayer;
  }

  @Override
  public void addAppendTasks(List<KernelTask> tasks) {
    for (int kvHead = 0; kvHead < numKvHeads; kvHead++) {
      for (int from = 0; from < rows.rows(); from += TASK_ROWS) {
        int count = Math.min(TASK_ROWS, rows.rows() - from);
        int row = rows.firstRow() + from;
        AppendTask task =
            new AppendTask(rows.projected(), cache, kvHead, row, count, cachedBefore + from);
        tasks.add(new KernelTask(count, scratch -> kernels.append(task, scratch)));
      }
    }
  }

  @Override
  public void addAttentionTasks(List<KernelTask> tasks) {
    if (lastLayer) {
      addAttention(tasks, range(rows.rows() - 1, rows.rows()), rows.firstContextRow(), false);
    } else if (selects()) {
      int[] observed = range(plan.context(), rows.rows());
      addAttention(tasks, observed, rows.firstContextRow() + plan.contextOn(), true);
    } else {
      addAttention(tasks, range(0, rows.rows()), rows.firstContextRow(), false);
    }
  }

  @Override
  public void addPivotalTasks(List<KernelTask> tasks) {
    addAttention(tasks, pivotal, rows.firstContextRow(), false);
  }

  private void addAttention(
      List<KernelTask> tasks, int[] queries, int firstContextRow, boolean scored) {
    float[] weights = scored ? weights(queries.length) : new float[0];
    for (int kvHead = 0; kvHead < numKvHeads; kvHead++) {
      for (int from = 0; from < queries.length; from += TASK_ROWS) {
        int to = Math.min(from + TASK_ROWS, queries.length);
        AttentionTask task =
            new AttentionTask(
                rows.projected(),
                rows.context(),
                cache,
                kvHead,
                rows.firstRow(),
                cachedBefore,
                queries,
                from,
                to,
                firstContextRow,
                scored ? scoring(weights) : Scoring.none());
        long cost = (long) (to - from) * task.visible(to - 1);
        tasks.add(new KernelTask(cost, scratch -> kernels.attend(task, scratch)));
      }
    }
  }

  private float[] weights(int observedRows) {
    float[] weights = new float[observedRows];
    for (int i = 0; i < observedRows; i++) {
      weights[i] = plan.weight(i);
    }
    return weights;
  }

  /** Sums of its own for each task, added up in a fixed order: the same whoever ran them. */
  private Scoring scoring(float[] weights) {
    float[] sums = new float[plan.context()];
    partialScores.add(sums);
    return new Scoring(0, plan.context(), weights, sums);
  }

  @Override
  public void select() {
    if (!selects()) {
      return;
    }
    scores = new float[plan.context()];
    for (float[] sums : partialScores) {
      for (int j = 0; j < scores.length; j++) {
        scores[j] += sums[j];
      }
    }
    pivotal = PivotalContext.select(scores, plan.context(), plan.contextOn(), plan.sinkTokens());
    listener.selected(layer, scores, pivotal);
  }

  @Override
  public void finish(int[] rowsOn, int from) {
    if (lastLayer) {
      rowsOn[from] = rows.firstRow() + rows.rows() - 1;
      return;
    }
    int next = from;
    int context = rows.rows() - plan.observedRows();
    for (int row : selects() ? pivotal : range(0, context)) {
      rowsOn[next++] = rows.firstRow() + row;
    }
    for (int row = context; row < rows.rows(); row++) {
      rowsOn[next++] = rows.firstRow() + row;
    }
    if (plan.contextCached() < plan.context()) {
      cache.retain(
          0,
          plan.context(),
          PivotalContext.select(scores, plan.context(), plan.contextCached(), plan.sinkTokens()));
    }
  }

  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }
}
