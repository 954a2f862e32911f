package org.pyramidspark.tokens;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Cuts prompts to a number of tokens. The text that may be cut is cut at token borders and the
 * whole prompt is encoded again, since tokens merge differently at a cut; the search ends at the
 * limit, or as close under it as the cuts that were tried come.
 *
 * @param maxPromptTokens template included
 */
record PromptFitter(Tokenizer tokenizer, int maxPromptTokens, Truncation rule) {

  /**
   * @param text what may be cut
   * @param prompt the whole prompt with a text in the place of {@code text}
   */
  EncodedPrompt fit(String text, Function<String, EncodedPrompt> prompt) {
    EncodedPrompt whole = prompt.apply(text);
    int numTokens = whole.tokens().length;
    if (numTokens <= maxPromptTokens) {
      return whole;
    }
    refuseIfAsked(numTokens);
    TextCut cut = new TextCut(tokenizer, text, rule);
    EncodedPrompt best =
        closest(cut, cut.numTokens() - (numTokens - maxPromptTokens), prompt)
            .orElseGet(() -> withoutText(numTokens, prompt));
    return new EncodedPrompt(best.tokens(), numTokens, true, best.document());
  }

  private Optional<EncodedPrompt> closest(
      TextCut cut, int firstKept, Function<String, EncodedPrompt> prompt) {
    Optional<EncodedPrompt> best = Optional.empty();
    Set<Integer> tried = new HashSet<>();
    int kept = Math.max(1, firstKept);
    while (kept < cut.numTokens() && tried.add(kept)) {
      EncodedPrompt shorter = prompt.apply(cut.keep(kept));
      int numTokens = shorter.tokens().length;
      if (numTokens <= maxPromptTokens
          && best.filter(known -> known.tokens().length >= numTokens).isEmpty()) {
        best = Optional.of(shorter);
      }
      kept = Math.max(1, kept + maxPromptTokens - numTokens);
    }
    return best;
  }

  private EncodedPrompt withoutText(int numTokens, Function<String, EncodedPrompt> prompt) {
    EncodedPrompt least = prompt.apply("");
    if (least.tokens().length > maxPromptTokens) {
      throw InvalidInputException.of(
          "The prompt has %d tokens, %d of them template and instruction, which are never cut; the"
              + " limit is %d, so raise --max-prompt-tokens or shorten the instruction.",
          numTokens, least.tokens().length, maxPromptTokens);
    }
    return least;
  }

  EncodedPrompt fit(int[] tokens) {
    if (tokens.length <= maxPromptTokens) {
      return new EncodedPrompt(tokens, tokens.length, false, Optional.empty());
    }
    refuseIfAsked(tokens.length);
    int head = rule.headTokens(maxPromptTokens);
    int tail = maxPromptTokens - head;
    int[] kept =
        IntStream.concat(
                IntStream.of(tokens).limit(head), IntStream.of(tokens).skip(tokens.length - tail))
            .toArray();
    return new EncodedPrompt(kept, tokens.length, true, Optional.empty());
  }

  private void refuseIfAsked(int numTokens) {
    if (rule == Truncation.ERROR) {
      throw InvalidInputException.of(
          "The prompt has %d tokens and the limit is %d; raise --max-prompt-tokens, shorten the"
              + " prompt, or allow cutting with --truncate middle.",
          numTokens, maxPromptTokens);
    }
  }
}
