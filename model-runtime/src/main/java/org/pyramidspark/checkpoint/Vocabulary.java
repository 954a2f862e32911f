package org.pyramidspark.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A checkpoint's vocabulary for byte-level BPE.
 *
 * @param preTokenizer name of the rule that splits text before BPE, {@code tokenizer.ggml.pre}
 * @param tokens the tokens by id, in GPT-2's byte-to-unicode spelling
 * @param kinds the kind of each token
 * @param merges BPE merges in order of rank, each {@code "left right"}
 * @param bosToken id that starts a text, if any
 * @param eosToken id that ends a text, if any; one of {@code endTokens}
 * @param addBos whether encoding a whole prompt puts the start token first
 * @param endTokens ids that end a completion: end of text, end of turn
 */
public record Vocabulary(
    String preTokenizer,
    List<String> tokens,
    List<TokenKind> kinds,
    List<String> merges,
    OptionalInt bosToken,
    OptionalInt eosToken,
    boolean addBos,
    Set<Integer> endTokens) {

  /** What a token is for, by its number in GGUF. */
  public enum TokenKind {
    NORMAL(1),
    UNKNOWN(2),
    /** Steers the model; text of a corpus can never become one. */
    CONTROL(3),
    /** Plain text that is never split. */
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    private final int code;

    TokenKind(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  public Vocabulary {
    tokens = List.copyOf(tokens);
    kinds = List.copyOf(kinds);
    merges = List.copyOf(merges);
    endTokens = Set.copyOf(endTokens);
  }
}
