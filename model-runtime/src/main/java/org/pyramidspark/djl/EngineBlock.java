package org.pyramidspark.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import ai.djl.util.passthrough.PassthroughNDArray;
import java.util.List;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The model's computation as DJL calls it: a {@link PromptRequest} in each array that comes in, a
 * {@link GenerationResult} in each that goes out, in the same order. Thread-safe.
 */
final class EngineBlock extends AbstractSymbolBlock {
  private final ServedModel model;

  EngineBlock(ServedModel model) {
    this.model = model;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameters,
      NDList inputs,
      boolean training,
      PairList<String, Object> arguments) {
    List<PromptRequest> rows = inputs.stream().map(EngineBlock::row).toList();
    return listOf(model.complete(rows));
  }

  /** None: the weights are the engine's. */
  @Override
  public ParameterList getDirectParameters() {
    return new ParameterList();
  }

  private static PromptRequest row(NDArray array) {
    if (array instanceof PassthroughNDArray holder
        && holder.getObject() instanceof PromptRequest row) {
      return row;
    }
    throw new InvalidInputException(
        "The model takes prompts and the translator gave it arrays; load it by Criteria with"
            + " optTranslatorFactory(new PromptTranslatorFactory()).");
  }

  /** Each object in an array of its own. */
  static NDList listOf(List<?> objects) {
    NDList list = new NDList(objects.size());
    objects.forEach(object -> list.add(new PassthroughNDArray(object)));
    return list;
  }

  /** The results that {@link #forwardInternal} gave. */
  static List<GenerationResult> results(NDList outputs) {
    return outputs.stream()
        .map(array -> (GenerationResult) ((PassthroughNDArray) array).getObject())
        .toList();
  }
}
