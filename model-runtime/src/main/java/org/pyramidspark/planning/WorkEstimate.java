package org.pyramidspark.planning;

import java.util.List;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.LayerPlan;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.ModelConfig;

/**
 * Counts the work of completing prompts under a policy, whose lengths are known in advance; of
 * prompts that have nothing in common.
 *
 * @param model the sizes
 * @param options element types, and how many sequences share a read of the weights
 * @param policy what the KV cache keeps
 * @param newTokens tokens generated for each prompt
 */
public record WorkEstimate(
    ModelConfig model, EngineOptions options, CachePolicy policy, int newTokens) {

  /** The work of prompts of these lengths, run together as far as the options allow. */
  public Work of(List<Integer> promptTokens) {
    int decodeSteps = newTokens - 1;
    Work work = Work.NONE;
    for (int tokens : promptTokens) {
      work = work.plus(prompt(tokens));
    }
    double reads = Math.ceilDiv(promptTokens.size(), options.maxSequences()) * (double) decodeSteps;
    return work.plus(
        new Work(
            0,
            0,
            2 * parameters() * promptTokens.size() * decodeSteps,
            reads * parameters() * options.computeType().bytes()));
  }

  /** Elements of the weights that every token is multiplied with. */
  private double parameters() {
    return model.numLayers() * (double) layerParameters() + head();
  }

  private long layerParameters() {
    return projection() + afterAttention();
  }

  private long projection() {
    return (long) model.hiddenSize() * model.qkvSize();
  }

  private long afterAttention() {
    return (long) model.hiddenSize() * (model.attentionSize() + 3L * model.intermediateSize());
  }

  private long head() {
    return (long) model.hiddenSize() * model.vocabularySize();
  }

  private Work prompt(int tokens) {
    PromptShape shape = PromptShape.of(tokens);
    PrefillPlan plan = policy.prefill(shape, model.numLayers());
    GenerationPlan generation = policy.generation(shape, model.numLayers(), newTokens);
    double matMul = 2.0 * head();
    double attention = 0;
    double read = 0;
    for (int i = 0; i < model.numLayers(); i++) {
      LayerPlan layer = plan.layer(i);
      boolean last = i == model.numLayers() - 1;
      int rowsOn = last ? 1 : layer.rowsOn();
      matMul += 2.0 * layer.rows() * projection() + 2.0 * rowsOn * afterAttention();
      attention += 4.0 * model.attentionSize() * (last ? layer.rows() : attended(layer));
      read += entriesRead(layer.cached(), generation, i);
    }
    return new Work(matMul, attention, 0, read * bytesOfEntry());
  }

  /** Query-key pairs: rows that go on attend to all before them, and who is chosen is anybody. */
  private static double attended(LayerPlan layer) {
    double context = layer.context();
    double last = layer.last();
    return last * context + last * (last + 1) / 2 + layer.contextOn() * (context + 1) / 2;
  }

  /** Entries of one layer that all generated tokens read together, their own among them. */
  private double entriesRead(int cached, GenerationPlan generation, int layer) {
    double entries = 0;
    for (int step = 1; step < newTokens; step++) {
      entries += cached + generation.added(layer, step - 1) + 1;
    }
    return entries;
  }

  private double bytesOfEntry() {
    PageLayout layout = new PageLayout(model.headSize(), options.kvType());
    return (double) layout.bytes() / PageLayout.TOKENS * model.numKvHeads();
  }
}
