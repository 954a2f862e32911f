package org.pyramidspark.djl;

import ai.djl.Model;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt;

/**
 * Makes translators from prompts to completions, for {@code optTranslatorFactory}. A prompt is a
 * {@link String}, which goes through the model's chat template as a user's message, or a {@link
 * Prompt}: a document with an instruction, a conversation, plain text or tokens. A completion is a
 * {@link String}, where a row that cannot be completed makes {@code predict} or {@code
 * batchPredict} throw, or a {@link GenerationResult}, where such a row's result says why and the
 * others are not lost.
 */
public final class PromptTranslatorFactory implements TranslatorFactory {
  private static final List<Type> INPUTS = List.of(String.class, Prompt.class);
  private static final List<Type> OUTPUTS = List.of(String.class, GenerationResult.class);

  @Override
  public Set<Pair<Type, Type>> getSupportedTypes() {
    return INPUTS.stream()
        .flatMap(input -> OUTPUTS.stream().map(output -> new Pair<>(input, output)))
        .collect(Collectors.toSet());
  }

  /**
   * @param arguments settings of completions by key, and DJL's own
   * @throws InvalidInputException if the model is of another engine, an argument is not known, or
   *     its value is not allowed; the model is closed then, since DJL would lose it
   */
  @Override
  public <I, O> Translator<I, O> newInstance(
      Class<I> input, Class<O> output, Model model, Map<String, ?> arguments) {
    try {
      if (!(model instanceof PyramidModel loaded)) {
        throw InvalidInputException.of(
            "Model %s is not of engine %s, whose translator is asked for; add optEngine(\"%s\").",
            model.getName(), PyramidEngine.NAME, PyramidEngine.NAME);
      }
      return new PromptTranslator<>(loaded.served(), loaded.completionSettings(arguments), output);
    } catch (RuntimeException problem) {
      model.close();
      throw problem;
    }
  }
}
