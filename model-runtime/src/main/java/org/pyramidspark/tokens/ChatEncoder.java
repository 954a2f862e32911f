package org.pyramidspark.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * Encodes a conversation so that only the template's own control tokens become control tokens. The
 * template is rendered with a random placeholder for each content, so it is known which part of the
 * result is trusted; between two control tokens, template and contents are encoded as one plain text,
 * so merges across their border are those of the whole text.
 */
final class ChatEncoder {
  private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");

  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final Pattern controlTokens;

  ChatEncoder(ChatTemplate template, Tokenizer tokenizer) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.controlTokens = anyOf(tokenizer.controlTokens());
  }

  private static Pattern anyOf(List<String> spellings) {
    String matchesNothing = "(?!)";
    return Pattern.compile(
        spellings.isEmpty()
            ? matchesNothing
            : spellings.stream().map(Pattern::quote).collect(Collectors.joining("|")));
  }

  int[] encode(List<Message> messages) {
    Placeholders placeholders = Placeholders.random(messages.size());
    String skeleton = template.render(placeholders.in(messages, ""));
    boolean trims = template.render(placeholders.in(messages, "  ")).equals(skeleton);
    Tokens tokens = new Tokens();
    Matcher matcher = placeholders.pattern().matcher(skeleton);
    int from = 0;
    while (matcher.find()) {
      tokens.addTrusted(skeleton.substring(from, matcher.start()));
      String content = messages.get(Integer.parseInt(matcher.group(1))).content();
      tokens.addContent(trims ? content.strip() : content);
      from = matcher.end();
    }
    tokens.addTrusted(skeleton.substring(from));
    return tokens.all();
  }

  /** Stand-ins for contents that no text of a corpus can hold. */
  private record Placeholders(String nonce, int count) {

    static Placeholders random(int count) {
      long bits = ThreadLocalRandom.current().nextLong();
      return new Placeholders(Long.toHexString(bits), count);
    }

    List<Message> in(List<Message> messages, String padding) {
      return IntStream.range(0, count)
          .mapToObj(
              i ->
                  new Message(
                      role(messages.get(i)),
                      padding + "\uE000" + nonce + "x" + i + "\uE001" + padding))
          .toList();
    }

    /** Roles stand in the trusted part, so only known ones may. */
    private static String role(Message message) {
      if (!ROLES.contains(message.role())) {
        throw InvalidInputException.of(
            "A message has the role '%s'; use system, user, assistant or tool.", message.role());
      }
      return message.role();
    }

    Pattern pattern() {
      return Pattern.compile("\uE000" + nonce + "x(\\d+)\uE001");
    }
  }

  /** Collects tokens; plain text waits until a control token ends it. */
  private final class Tokens {
    private final List<int[]> parts = new ArrayList<>();
    private final StringBuilder plain = new StringBuilder();

    void addContent(String text) {
      plain.append(text);
    }

    void addTrusted(String text) {
      Matcher matcher = controlTokens.matcher(text);
      int from = 0;
      while (matcher.find()) {
        plain.append(text, from, matcher.start());
        flush();
        parts.add(tokenizer.encodeTemplate(matcher.group()));
        from = matcher.end();
      }
      plain.append(text.substring(from));
    }

    private void flush() {
      parts.add(tokenizer.encodeContent(plain.toString()));
      plain.setLength(0);
    }

    int[] all() {
      flush();
      return parts.stream().flatMapToInt(IntStream::of).toArray();
    }
  }
}
