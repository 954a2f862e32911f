package org.pyramidspark.checkpoint;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.pyramidspark.checkpoint.Vocabulary.TokenKind;
import org.pyramidspark.errors.InvalidInputException;

/** Reads the vocabulary out of a GGUF file's metadata. */
final class GgufVocabulary {
  /** Control tokens that end a turn or a text under these names, whatever the metadata says. */
  private static final Set<String> END_SPELLINGS =
      Set.of(
          "<|im_end|>",
          "<|endoftext|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "<|end_of_text|>",
          "<|end|>",
          "</s>",
          "<end_of_turn>");

  /**
   * Splitting rules with which llama.cpp puts the start token first where the file says nothing.
   */
  private static final Set<String> STARTED_BY_DEFAULT = Set.of("llama-bpe");

  private GgufVocabulary() {}

  static Vocabulary of(GgufMetadata metadata, int vocabularySize) {
    String model = metadata.requiredText("tokenizer.ggml.model");
    if (!model.equals("gpt2")) {
      throw InvalidInputException.of(
          "GGUF file %s has a tokenizer of kind '%s'; only byte-level BPE ('gpt2') is supported.",
          metadata.path(), model);
    }
    List<String> tokens = tokens(metadata, vocabularySize);
    List<TokenKind> kinds = kinds(metadata, vocabularySize);
    String preTokenizer = metadata.text("tokenizer.ggml.pre").orElse("default");
    return new Vocabulary(
        preTokenizer,
        tokens,
        kinds,
        merges(metadata),
        token(metadata, "bos_token_id", vocabularySize),
        token(metadata, "eos_token_id", vocabularySize),
        metadata
            .flag("tokenizer.ggml.add_bos_token")
            .orElse(STARTED_BY_DEFAULT.contains(preTokenizer)),
        endTokens(metadata, tokens, kinds));
  }

  /** Their number is checked before any is read. */
  private static List<String> tokens(GgufMetadata metadata, int vocabularySize) {
    GgufArray tokens = metadata.requiredArray("tokenizer.ggml.tokens");
    if (tokens.count() != vocabularySize) {
      throw GgufCursor.damaged(
          metadata.path(),
          "it has %d tokens and embeddings for %d",
          tokens.count(),
          vocabularySize);
    }
    return tokens.texts();
  }

  private static List<String> merges(GgufMetadata metadata) {
    return metadata
        .requiredArray("tokenizer.ggml.merges")
        .texts(merge -> merge.indexOf(' ', 1) > 0 && !merge.endsWith(" "), "'left right'");
  }

  private static List<TokenKind> kinds(GgufMetadata metadata, int numTokens) {
    GgufArray codes = metadata.requiredArray("tokenizer.ggml.token_type");
    if (codes.count() != numTokens) {
      throw GgufCursor.damaged(
          metadata.path(), "it has %d tokens and %d token types", numTokens, codes.count());
    }
    return codes.integers().stream().map(code -> kind(metadata, code)).toList();
  }

  private static TokenKind kind(GgufMetadata metadata, long code) {
    return Arrays.stream(TokenKind.values())
        .filter(kind -> kind.code() == code)
        .findFirst()
        .orElseThrow(
            () ->
                GgufCursor.damaged(
                    metadata.path(), "a token has the type %d; 1 to 6 are known", code));
  }

  private static OptionalInt token(GgufMetadata metadata, String key, int numTokens) {
    return metadata
        .integer("tokenizer.ggml." + key)
        .map(id -> OptionalInt.of(checked(metadata, id, numTokens)))
        .orElse(OptionalInt.empty());
  }

  private static Set<Integer> endTokens(
      GgufMetadata metadata, List<String> tokens, List<TokenKind> kinds) {
    Set<Integer> ends = new HashSet<>();
    for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
      token(metadata, key, tokens.size()).ifPresent(ends::add);
    }
    for (int id = 0; id < tokens.size(); id++) {
      if (kinds.get(id) == TokenKind.CONTROL && END_SPELLINGS.contains(tokens.get(id))) {
        ends.add(id);
      }
    }
    return ends;
  }

  private static int checked(GgufMetadata metadata, int id, int numTokens) {
    if (id >= numTokens) {
      throw GgufCursor.damaged(
          metadata.path(), "it names token %d of %d as a special token", id, numTokens);
    }
    return id;
  }
}
