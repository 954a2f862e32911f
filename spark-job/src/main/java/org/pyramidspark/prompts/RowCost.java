package org.pyramidspark.prompts;

import java.io.Serializable;
import org.pyramidspark.tokens.Prompt;

/**
 * Estimates what completing a row costs, in prompt tokens, by what is seen without a tokenizer: the
 * prompt's tokens, about one for four bytes of text, and the most tokens that it may generate. A
 * row that stops early costs less.
 *
 * @param maxNewTokens the most tokens a row generates, unless it has its own limit
 * @param maxPromptTokens the most tokens of a prompt; what is longer is cut
 * @param contextLength the most tokens of prompt and completion together
 */
public record RowCost(int maxNewTokens, int maxPromptTokens, int contextLength)
    implements Serializable {
  /**
   * A new token takes as long as so many prompt tokens. In docs/performance.md 4.8 and 6.1 on eight
   * prompts of 2,048 tokens, less the more rows run at once: decoding reads the weights once for
   * all of them.
   */
  public static final int OF_NEW_TOKEN = 4;

  /** Rows that are read and not completed. */
  public static final RowCost OF_READING = new RowCost(0, Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** Of English under vocabularies of some 50,000 tokens. */
  private static final int BYTES_PER_TOKEN = 4;

  /**
   * @param lineBytes bytes of the line that it stands in
   * @return prompt tokens, at least 1
   */
  long of(PromptRow row, int lineBytes) {
    return switch (row) {
      case PromptRow.Invalid invalid -> 1 + lineBytes / BYTES_PER_TOKEN;
      case PromptRow.Valid valid -> of(valid);
    };
  }

  private long of(PromptRow.Valid row) {
    int newTokens = row.maxNewTokens().orElse(maxNewTokens);
    long room = contextLength - (long) newTokens;
    if (room < 1) {
      // There is no completion, but an error row.
      return 1;
    }
    long prompt = Math.min(promptTokens(row.prompt()), Math.min(room, maxPromptTokens));
    return Math.max(1, prompt + (long) OF_NEW_TOKEN * newTokens);
  }

  private static long promptTokens(Prompt prompt) {
    return switch (prompt) {
      case Prompt.TokenIds ids -> ids.tokens().length;
      case Prompt.RawText raw -> tokens(bytes(raw.text()));
      case Prompt.Chat chat ->
          tokens(chat.messages().stream().mapToLong(message -> bytes(message.content())).sum());
      case Prompt.Document task ->
          tokens(
              bytes(task.document()) + bytes(task.instruction()) + bytes(task.system().orElse("")));
    };
  }

  private static long tokens(long bytes) {
    return Math.ceilDiv(bytes, BYTES_PER_TOKEN);
  }

  /** In UTF-8, without writing it: a document may be long. */
  private static long bytes(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit >= 0x80) {
        // Half of a pair takes two of the pair's four bytes.
        bytes += unit < 0x800 || Character.isSurrogate(unit) ? 1 : 2;
      }
    }
    return bytes;
  }
}
