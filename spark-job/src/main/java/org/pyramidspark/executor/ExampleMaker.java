package org.pyramidspark.executor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.tokens.Tokenizer;

/**
 * Makes rows for the report of traced results.
 *
 * @param tokenizer of the model
 * @param ignoreEos whether completions go on after an end token
 */
record ExampleMaker(Tokenizer tokenizer, boolean ignoreEos) {

  ExampleRow example(RowRequests.Pending pending, GenerationResult result) {
    int layers = result.keptPrompt().layerEntries().length;
    List<NamedText> texts = new ArrayList<>();
    texts.add(new NamedText("completion", result.text()));
    pending
        .trial()
        .flatMap(TriedRow::fullTokens)
        .ifPresent(tokens -> texts.add(new NamedText("full cache", text(tokens))));
    pending.row().reference().ifPresent(text -> texts.add(new NamedText("reference", text)));
    return new ExampleRow(
        pending.row().id(),
        result.finishReason().label(),
        result.promptTokens(),
        result.generatedTokens(),
        result.keptKvFraction(),
        layers,
        new PromptShading(tokenizer::bytes, layers)
            .of(pending.prompt().tokens(), result.keptPrompt().tokenLayers().orElseThrow()),
        texts);
  }

  /** Up to the end token, or with an ellipsis where the full cache would go on. */
  private String text(int[] tokens) {
    int[] before =
        Arrays.stream(tokens)
            .takeWhile(token -> ignoreEos || !tokenizer.endTokens().contains(token))
            .toArray();
    return tokenizer.decode(before) + (before.length == tokens.length ? "…" : "");
  }
}
