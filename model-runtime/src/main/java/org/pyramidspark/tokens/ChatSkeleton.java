package org.pyramidspark.tokens;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * A rendered chat template with slots in place of the contents: what the template itself says, and
 * so may hold control tokens, is apart from what the messages say.
 *
 * @param parts in order
 */
record ChatSkeleton(List<Part> parts) {

  /** A piece of the rendered template. */
  sealed interface Part {}

  record Control(int id) implements Part {}

  record Text(String text) implements Part {}

  /** Where a message's content goes, and on which sides the template strips its white space. */
  record Slot(int message, boolean stripsFront, boolean stripsBack) implements Part {}

  /** White space for the template to strip, so that it can be seen whether it does. */
  private static final String SPACE = "\u2003";

  private static final char OPEN = '\uE000';
  private static final char CLOSE = '\uE001';

  /**
   * Renders roles with stand-ins for contents. A content without text stays empty, since templates
   * ask for that.
   *
   * @param controlTokens by spelling
   * @throws InvalidInputException if the template fails, or changes the text of messages
   */
  static ChatSkeleton render(
      ChatTemplate template, List<Message> messages, Map<String, Integer> controlTokens) {
    String nonce = Long.toHexString(ThreadLocalRandom.current().nextLong());
    List<Message> standIns =
        IntStream.range(0, messages.size())
            .mapToObj(i -> standIn(messages.get(i), nonce + "x" + i))
            .toList();
    String rendered = template.render(standIns);
    Pattern slot =
        Pattern.compile("(%1$s)?%2$s%4$sx(\\d+)%3$s(%1$s)?".formatted(SPACE, OPEN, CLOSE, nonce));
    Pattern control = anyOf(controlTokens);
    List<Part> parts = new ArrayList<>();
    Matcher matcher = slot.matcher(rendered);
    int from = 0;
    while (matcher.find()) {
      addTrusted(rendered.substring(from, matcher.start()), control, controlTokens, parts);
      int message = Integer.parseInt(matcher.group(2));
      parts.add(new Slot(message, matcher.group(1) == null, matcher.group(3) == null));
      from = matcher.end();
    }
    addTrusted(rendered.substring(from), control, controlTokens, parts);
    return new ChatSkeleton(List.copyOf(parts));
  }

  private static Message standIn(Message message, String name) {
    return message.content().isEmpty()
        ? message
        : new Message(message.role(), SPACE + OPEN + name + CLOSE + SPACE);
  }

  private static Pattern anyOf(Map<String, Integer> controlTokens) {
    String matchesNothing = "(?!)";
    return Pattern.compile(
        controlTokens.keySet().stream()
            .sorted(Comparator.comparing(String::length).reversed())
            .map(Pattern::quote)
            .reduce((a, b) -> a + "|" + b)
            .orElse(matchesNothing));
  }

  private static void addTrusted(
      String text, Pattern control, Map<String, Integer> controlTokens, List<Part> parts) {
    if (text.indexOf(OPEN) >= 0 || text.indexOf(CLOSE) >= 0) {
      throw new InvalidInputException(
          "The model's chat template changes the text of messages, which is not supported; use"
              + " another model, or rows with 'prompt'.");
    }
    Matcher matcher = control.matcher(text);
    int from = 0;
    while (matcher.find()) {
      parts.add(new Text(text.substring(from, matcher.start())));
      parts.add(new Control(controlTokens.get(matcher.group())));
      from = matcher.end();
    }
    parts.add(new Text(text.substring(from)));
  }
}
