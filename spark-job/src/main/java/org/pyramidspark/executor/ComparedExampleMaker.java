package org.pyramidspark.executor;

import java.util.List;
import java.util.stream.IntStream;
import org.pyramidspark.comparison.ComparedExample;
import org.pyramidspark.comparison.ComparedExample.Outcome;
import org.pyramidspark.comparison.ComparedRow;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.tokens.Tokenizer;

/** Makes compared rows for the report of traced results. */
final class ComparedExampleMaker {
  /** Tokens shown of a long prompt: few, since each policy shades them in its own way. */
  private static final int SHOWN_TOKENS = 800;

  private final ExampleMaker examples;

  ComparedExampleMaker(Tokenizer tokenizer) {
    this.examples = new ExampleMaker(tokenizer, SHOWN_TOKENS);
  }

  /**
   * @param results in the order of the policies, all traced
   * @param lines in the same order
   */
  ComparedExample example(
      ComparedPrompt prompt, List<GenerationResult> results, List<ComparedRow> lines) {
    return new ComparedExample(
        ExampleMaker.reference(prompt.row()).stream().toList(),
        IntStream.range(0, results.size())
            .mapToObj(i -> outcome(prompt, results.get(i), lines.get(i)))
            .toList());
  }

  private Outcome outcome(ComparedPrompt prompt, GenerationResult result, ComparedRow line) {
    return new Outcome(
        line.policy(),
        line.divergence().meanKl(),
        line.divergence().agreement(),
        examples.example(
            prompt.row(),
            prompt.request().promptTokens(),
            result,
            List.of(ExampleMaker.completion(result))));
  }
}
