package org.pyramidspark.op;

import java.util.Arrays;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;

/**
 * The reference: every formula as it is written, one element at a time. Vector kernels are held to
 * it, and it runs where the Vector API is missing.
 */
final class ScalarKernels implements CacheKernels {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void append(AppendTask task, KernelScratch scratch) {
    ProjectedRows rows = task.rows();
    LayerCache cache = task.cache();
    PageLayout layout = cache.layout();
    float[] key = scratch.floats(0, layout.headSize());
    float[] value = scratch.floats(1, layout.headSize());
    for (int i = 0; i < task.count(); i++) {
      int row = task.firstRow() + i;
      int entry = task.firstEntry() + i;
      rows.read(rows.key(row, task.kvHead()), key);
      rows.read(rows.value(row, task.kvHead()), value);
      task.addNorm(entry, value);
      rows.rotary().rotate(key, rows.positions()[row]);
      long page = cache.page(task.kvHead(), entry / PageLayout.TOKENS);
      layout.putKey(page, entry % PageLayout.TOKENS, key);
      layout.putValue(page, entry % PageLayout.TOKENS, value);
    }
  }

  @Override
  public void attend(AttentionTask task, KernelScratch scratch) {
    int group = task.rows().model().groupSize();
    for (int index = task.from(); index < task.to(); index++) {
      for (int head = task.kvHead() * group; head < (task.kvHead() + 1) * group; head++) {
        attend(task, index, head, scratch);
      }
    }
  }

  @Override
  public void attend(
      AttentionTask task, PageRange pages, PartialAttention part, KernelScratch scratch) {
    for (int vector = 0; vector < task.numVectors(); vector++) {
      attend(task, pages, vector, part, scratch);
    }
  }

  private void attend(
      AttentionTask task,
      PageRange pages,
      int vector,
      PartialAttention part,
      KernelScratch scratch) {
    int first = pages.first() * PageLayout.TOKENS;
    int visible = Math.min(task.visible(task.index(vector)), pages.end() * PageLayout.TOKENS);
    float[] query = query(task, task.index(vector), task.head(vector), scratch);
    float[] probabilities = scratch.floats(1, visible);
    scores(task, query, visible, probabilities);
    Arrays.fill(probabilities, 0, first, Float.NEGATIVE_INFINITY);
    float maximum = maximum(probabilities, visible);
    float total = 0;
    for (int i = 0; i < visible; i++) {
      probabilities[i] = (float) Math.exp(probabilities[i] - maximum);
      total += probabilities[i];
    }
    part.references()[vector] = (float) (maximum / Math.log(2));
    part.totals()[vector] = total;
    weightedValues(task, probabilities, visible, part.contexts()[vector]);
  }

  private static float[] query(AttentionTask task, int index, int head, KernelScratch scratch) {
    ProjectedRows rows = task.rows();
    float[] query = scratch.floats(0, rows.model().headSize());
    rows.read(rows.query(task.row(index), head), query);
    rows.rotary().rotate(query, rows.positions()[task.row(index)]);
    return query;
  }

  /** context = softmax(q K^T / sqrt(d)) V, for one query row and head. */
  private void attend(AttentionTask task, int index, int head, KernelScratch scratch) {
    float[] query = query(task, index, head, scratch);
    int visible = task.visible(index);
    float[] probabilities = scratch.floats(1, visible);
    scores(task, query, visible, probabilities);
    softmax(probabilities, visible);

    float[] context = scratch.floats(2, task.rows().model().headSize());
    weightedValues(task, probabilities, visible, context);
    task.context().write(task.contextRow(index), head, context);
    score(task.scoring(), index, probabilities, visible);
  }

  private void scores(AttentionTask task, float[] query, int visible, float[] scores) {
    PageLayout layout = task.cache().layout();
    float scale = (float) (1 / Math.sqrt(layout.headSize()));
    for (int entry = 0; entry < visible; entry++) {
      long page = task.cache().page(task.kvHead(), entry / PageLayout.TOKENS);
      float sum = 0;
      for (int dim = 0; dim < layout.headSize(); dim++) {
        sum += query[dim] * layout.key(page, entry % PageLayout.TOKENS, dim);
      }
      scores[entry] = sum * scale;
    }
  }

  private static void softmax(float[] scores, int count) {
    float maximum = maximum(scores, count);
    float sum = 0;
    for (int i = 0; i < count; i++) {
      scores[i] = (float) Math.exp(scores[i] - maximum);
      sum += scores[i];
    }
    for (int i = 0; i < count; i++) {
      scores[i] /= sum;
    }
  }

  private static float maximum(float[] scores, int count) {
    float maximum = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      maximum = Math.max(maximum, scores[i]);
    }
    return maximum;
  }

  private void weightedValues(
      AttentionTask task, float[] probabilities, int visible, float[] context) {
    PageLayout layout = task.cache().layout();
    for (int dim = 0; dim < layout.headSize(); dim++) {
      float sum = 0;
      for (int entry = 0; entry < visible; entry++) {
        long page = task.cache().page(task.kvHead(), entry / PageLayout.TOKENS);
        sum += probabilities[entry] * layout.value(page, entry % PageLayout.TOKENS, dim);
      }
      context[dim] = sum;
    }
  }

  private static void score(
      AttentionTask.Scoring scoring, int index, float[] probabilities, int visible) {
    float weight = scoring.wanted() ? scoring.weights()[index] : 0;
    for (int j = 0; j < scoring.entries() && scoring.firstEntry() + j < visible; j++) {
      float probability = probabilities[scoring.firstEntry() + j];
      scoring.sums()[j] +=
          scoring.counts() ? count(probability, visible, weight) : weight * probability;
    }
  }

  private static float count(float probability, int visible, float weight) {
    return probability * visible >= 1 ? weight : 0;
  }
}
