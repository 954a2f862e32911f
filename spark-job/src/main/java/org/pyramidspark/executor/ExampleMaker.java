package org.pyramidspark.executor;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.tokens.Tokenizer;

/**
 * Makes rows for the report of traced results.
 *
 * @param tokenizer of the model
 */
record ExampleMaker(Tokenizer tokenizer) {

  ExampleRow example(RowRequests.Pending pending, GenerationResult result) {
    int layers = result.keptPrompt().layerEntries().length;
    List<NamedText> texts = new ArrayList<>();
    texts.add(new NamedText("completion", result.text()));
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
}
