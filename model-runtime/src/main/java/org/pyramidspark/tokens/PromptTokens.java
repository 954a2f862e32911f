package org.pyramidspark.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Collects a prompt's tokens. Between two control tokens all text is encoded as one, so merges
 * across the borders of its parts are those of the whole text. Not thread-safe.
 */
final class PromptTokens {
  private final Tokenizer tokenizer;
  private final List<int[]> parts = new ArrayList<>();
  private final StringBuilder plain = new StringBuilder();
  private Optional<TokenSpan> documentUnits = Optional.empty();
  private Optional<TokenSpan> document = Optional.empty();
  private int numTokens;

  PromptTokens(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  PromptTokens control(int id) {
    flush();
    append(new int[] {id});
    return this;
  }

  PromptTokens text(String text) {
    plain.append(text);
    return this;
  }

  /** Text that is the prompt's document, at most once. */
  PromptTokens document(String text) {
    if (!text.isEmpty()) {
      documentUnits = Optional.of(new TokenSpan(plain.length(), plain.length() + text.length()));
    }
    return text(text);
  }

  /** The whole prompt, with the model's start token in front if it wants one and has none yet. */
  EncodedPrompt prompt() {
    flush();
    int[] tokens = parts.stream().flatMapToInt(IntStream::of).toArray();
    OptionalInt start = tokenizer.startToken();
    if (start.isEmpty() || tokens.length > 0 && tokens[0] == start.getAsInt()) {
      return new EncodedPrompt(tokens, tokens.length, false, document);
    }
    int[] started =
        IntStream.concat(IntStream.of(start.getAsInt()), IntStream.of(tokens)).toArray();
    return new EncodedPrompt(
        started, started.length, false, document.map(span -> shifted(span, 1)));
  }

  private void flush() {
    TokenizedText tokens = tokenizer.tokenize(plain.toString());
    if (documentUnits.isPresent()) {
      int from = tokens.firstFrom(documentUnits.get().from());
      int to = Math.max(from, tokens.endUpTo(documentUnits.get().to()));
      document = Optional.of(shifted(new TokenSpan(from, to), numTokens));
      documentUnits = Optional.empty();
    }
    append(tokens.ids());
    plain.setLength(0);
  }

  private void append(int[] ids) {
    parts.add(ids);
    numTokens += ids.length;
  }

  private static TokenSpan shifted(TokenSpan span, int by) {
    return new TokenSpan(span.from() + by, span.to() + by);
  }
}
