package org.pyramidspark.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.pyramidspark.checkpoint.Vocabulary;
import org.pyramidspark.checkpoint.Vocabulary.TokenKind;

/**
 * Seven hundred tokens whose merges cross words and digits, so that each rule of splitting shows.
 * Made, with the ids of the cases, by Hugging Face's tokenizers 0.23.3 (BPE trained without
 * splitting).
 */
final class SmallVocabulary {
  static final String BEGIN = "<|begin|>";
  static final String END = "<|end|>";

  private SmallVocabulary() {}

  /** The test resource of this name under {@code /tokens}. */
  static JsonNode resource(String name) {
    try (InputStream in = SmallVocabulary.class.getResourceAsStream("/tokens/" + name)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  static Vocabulary of(String rule, boolean addBos) {
    JsonNode json = resource("split-rules.json").get("vocabulary");
    List<String> tokens = texts(json.get("tokens"));
    List<TokenKind> kinds =
        tokens.stream()
            .map(token -> TokenKind.valueOf(json.get("kinds").path(token).asText("NORMAL")))
            .toList();
    int begin = tokens.indexOf(BEGIN);
    int end = tokens.indexOf(END);
    return new Vocabulary(
        rule,
        tokens,
        kinds,
        texts(json.get("merges")),
        OptionalInt.of(begin),
        OptionalInt.of(end),
        addBos,
        Set.of(end));
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
