package org.pyramidspark.djl;

import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.InferenceEngine;
import org.pyramidspark.tokens.EncodedPrompt;
import org.pyramidspark.tokens.Prompt;
import org.pyramidspark.tokens.PromptEncoder;
import org.pyramidspark.tokens.Tokenizer;
import org.pyramidspark.tokens.Truncation;

/** A small model through DJL, and through the engine itself. */
final class TinyZoo {
  static final int NEW_TOKENS = 12;

  private TinyZoo() {}

  /** What loads the model by DJL, from text to text. */
  static Criteria.Builder<String, String> criteria(Path model) {
    return criteria(String.class, String.class, model);
  }

  /** What loads the model by DJL. */
  static <I, O> Criteria.Builder<I, O> criteria(Class<I> input, Class<O> output, Path model) {
    return Criteria.builder()
        .setTypes(input, output)
        .optEngine(PyramidEngine.NAME)
        .optModelPath(model)
        .optTranslatorFactory(new PromptTranslatorFactory())
        .optOption("compute", "float32")
        .optOption("max_new_tokens", Integer.toString(NEW_TOKENS));
  }

  /** The model behind DJL's. */
  static PyramidModel wrapped(ZooModel<?, ?> model) {
    return (PyramidModel) model.getWrappedModel();
  }

  /** What the engine itself says to users' messages, one by one, under a policy. */
  static List<String> engineTexts(Path file, String policy, List<String> messages) {
    try (Checkpoint checkpoint = Checkpoint.open(file);
        Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary());
        InferenceEngine engine =
            InferenceEngine.open(checkpoint, tokenizer, EngineOptions.defaults())) {
      PromptEncoder encoder = PromptEncoder.of(checkpoint, tokenizer);
      List<String> texts = new ArrayList<>();
      for (String message : messages) {
        Prompt prompt = new Prompt.Chat(List.of(new Prompt.Message("user", message)));
        GenerationRequest request =
            request(encoder.encode(prompt, Integer.MAX_VALUE, Truncation.ERROR), policy);
        GenerationResult result = engine.generate(List.of(request).iterator()).next();
        texts.add(result.text());
      }
      return texts;
    }
  }

  private static GenerationRequest request(EncodedPrompt prompt, String policy) {
    return new GenerationRequest(
        "row",
        prompt.tokens(),
        NamedPolicy.parse(policy).policy(),
        SamplingOptions.greedy(),
        NEW_TOKENS,
        List.of(),
        false);
  }

  /** Messages of different lengths, long enough for a policy to drop some of them. */
  static List<String> messages(int count) {
    return IntStream.range(0, count).mapToObj(TinyZoo::message).toList();
  }

  private static String message(int seed) {
    return new Random(seed)
        .ints(80 + 20 * (seed % 3), ' ', '~')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
