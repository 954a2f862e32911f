package org.pyramidspark.tokens;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pyramidspark.checkpoint.Vocabulary;
import org.pyramidspark.checkpoint.Vocabulary.TokenKind;

/**
 * Text to token ids and back, by Hugging Face's tokenizers through DJL, built from a checkpoint's
 * own vocabulary. Thread-safe.
 */
public final class Tokenizer implements AutoCloseable {
  private final Vocabulary vocabulary;
  private final HuggingFaceTokenizer content;
  private final HuggingFaceTokenizer template;
  private final byte[][] bytes;

  private Tokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.content = build(new TokenizerJson(vocabulary, false));
    this.template = build(new TokenizerJson(vocabulary, true));
    this.bytes = tokenBytes(vocabulary);
  }

  /**
   * @throws org.pyramidspark.errors.InvalidInputException if the vocabulary's pre-tokenizer is not
   *     known
   */
  public static Tokenizer of(Vocabulary vocabulary) {
    return new Tokenizer(vocabulary);
  }

  private static HuggingFaceTokenizer build(TokenizerJson json) {
    stayOffline();
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json.bytes()), options);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /**
   * DJL reports its use over the network, and fetches a CUDA build of its library where it sees a
   * GPU. Neither happens unless a user set these properties otherwise.
   */
  private static void stayOffline() {
    Map.of("OPT_OUT_TRACKING", "true", "RUST_FLAVOR", "cpu")
        .forEach(System.getProperties()::putIfAbsent);
  }

  private static byte[][] tokenBytes(Vocabulary vocabulary) {
    ByteLevel spelling = new ByteLevel();
    byte[][] bytes = new byte[vocabulary.tokens().size()][];
    for (int id = 0; id < bytes.length; id++) {
      String token = vocabulary.tokens().get(id);
      bytes[id] =
          switch (vocabulary.kinds().get(id)) {
            case CONTROL, UNUSED -> new byte[0];
            case USER_DEFINED -> token.getBytes(StandardCharsets.UTF_8);
            case NORMAL, UNKNOWN, BYTE -> spelling.bytes(token);
          };
    }
    return bytes;
  }

  /** Ids of plain text: text that spells a control token gives ordinary tokens. */
  public int[] encodeContent(String text) {
    return tokenize(text).ids();
  }

  /** Ids of trusted text, such as a chat template's: control tokens are recognised. */
  public int[] encodeTemplate(String text) {
    return encode(template, text).ids();
  }

  /** As {@link #encodeContent}, and where in the text each token lies. */
  TokenizedText tokenize(String text) {
    return encode(content, text);
  }

  private static TokenizedText encode(HuggingFaceTokenizer tokenizer, String text) {
    return text.isEmpty()
        ? TokenizedText.EMPTY
        : TokenizedText.of(text, tokenizer.encode(wellFormed(text), false, false));
  }

  /** Half of a surrogate pair has no UTF-8; it becomes U+FFFD, as everywhere in Java. */
  private static String wellFormed(String text) {
    boolean broken =
        text.codePoints()
            .anyMatch(
                point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    return broken
        ? text.codePoints()
            .map(
                point ->
                    point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                        ? 0xfffd
                        : point)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : text;
  }

  /** Text of ids; control tokens are left out, broken UTF-8 becomes U+FFFD. */
  public String decode(int[] ids) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int id : ids) {
      text.writeBytes(bytes[id]);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** The raw bytes of one token's text, empty for a control token. Not to be changed. */
  public byte[] bytes(int id) {
    return bytes[id];
  }

  /** Ids that end a completion. */
  public Set<Integer> endTokens() {
    return vocabulary.endTokens();
  }

  /** The id that a prompt must start with, if the model wants one. */
  OptionalInt startToken() {
    return vocabulary.addBos() ? vocabulary.bosToken() : OptionalInt.empty();
  }

  /** All control tokens, by spelling. */
  Map<String, Integer> controlTokens() {
    return IntStream.range(0, vocabulary.tokens().size())
        .filter(id -> vocabulary.kinds().get(id) == TokenKind.CONTROL)
        .boxed()
        .collect(Collectors.toMap(vocabulary.tokens()::get, id -> id, (first, second) -> first));
  }

  /** Spelling of the token that starts a text, empty if there is none. */
  String bosText() {
    return spelling(vocabulary.bosToken());
  }

  /** Spelling of the token that ends a text, empty if there is none. */
  String eosText() {
    return spelling(vocabulary.eosToken());
  }

  private String spelling(OptionalInt id) {
    return id.isPresent() ? vocabulary.tokens().get(id.getAsInt()) : "";
  }

  /** How many tokens there are. */
  int vocabularySize() {
    return vocabulary.tokens().size();
  }

  @Override
  public void close() {
    content.close();
    template.close();
  }
}
