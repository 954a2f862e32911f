package org.pyramidspark.executor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.tokens.Tokenizer;

/**
 * Makes rows for the report of traced results.
 *
 * @param tokenizer of the model
 * @param mostTokens how many tokens of a long prompt are shown
 */
record ExampleMaker(Tokenizer tokenizer, int mostTokens) {

  /**
   * @param prompt its tokens
   * @param texts the completion, and what it is compared with
   */
  ExampleRow example(
      PromptRow.Valid row, int[] prompt, GenerationResult result, List<NamedText> texts) {
    int layers = result.keptPrompt().layerEntries().length;
    return new ExampleRow(
        row.id(),
        result.finishReason().label(),
        result.promptTokens(),
        result.generatedTokens(),
        result.keptKvFraction(),
        layers,
        new PromptShading(tokenizer::bytes, layers, mostTokens)
            .of(prompt, result.keptPrompt().tokenLayers().orElseThrow()),
        texts);
  }

  static NamedText completion(GenerationResult result) {
    return new NamedText("completion", result.text());
  }

  static Optional<NamedText> reference(PromptRow.Valid row) {
    return row.reference().map(text -> new NamedText("reference", text));
  }

  /**
   * What the full cache goes on with: up to its end token, or with an ellipsis where it would go
   * on.
   *
   * @param ignoreEos whether completions go on after an end token
   */
  NamedText fullCache(int[] tokens, boolean ignoreEos) {
    int[] before =
        Arrays.stream(tokens)
            .takeWhile(token -> ignoreEos || !tokenizer.endTokens().contains(token))
            .toArray();
    String more = before.length == tokens.length ? "…" : "";
    return new NamedText("full cache", tokenizer.decode(before) + more);
  }
}
