package org.pyramidspark.djl;

import ai.djl.ndarray.NDList;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.tokens.Prompt;

/**
 * From what a user says to the engine and back. Thread-safe; serves any number of predictors.
 *
 * @param <I> {@link String} or {@link Prompt}
 * @param <O> {@link String} or {@link GenerationResult}
 */
final class PromptTranslator<I, O> implements Translator<I, O> {
  private final ServedModel model;
  private final CompletionSettings settings;
  private final Class<O> output;

  PromptTranslator(ServedModel model, CompletionSettings settings, Class<O> output) {
    this.model = model;
    this.settings = settings;
    this.output = output;
  }

  /** All rows in one list: DJL would else run one after the other. */
  @Override
  public NDList batchProcessInput(TranslatorContext context, List<I> inputs) {
    return EngineBlock.listOf(inputs.stream().map(this::request).toList());
  }

  @Override
  public List<O> batchProcessOutput(TranslatorContext context, NDList list)
      throws TranslateException {
    List<GenerationResult> results = EngineBlock.results(list);
    List<O> outputs = new ArrayList<>(results.size());
    for (GenerationResult result : results) {
      outputs.add(output(result, results.size()));
    }
    return outputs;
  }

  @Override
  public NDList processInput(TranslatorContext context, I input) {
    return batchProcessInput(context, List.of(input));
  }

  @Override
  public O processOutput(TranslatorContext context, NDList list) throws TranslateException {
    return batchProcessOutput(context, list).getFirst();
  }

  private PromptRequest request(I input) {
    Prompt prompt = input instanceof Prompt given ? given : model.promptOf((String) input);
    return new PromptRequest(prompt, settings);
  }

  private O output(GenerationResult result, int numRows) throws TranslateException {
    if (output == GenerationResult.class) {
      return output.cast(result);
    }
    Optional<String> error = result.error();
    if (error.isPresent()) {
      String row = numRows == 1 ? "" : "Input %s of %d (from 0): ".formatted(result.id(), numRows);
      throw new TranslateException(row + error.get());
    }
    return output.cast(result.text());
  }
}
