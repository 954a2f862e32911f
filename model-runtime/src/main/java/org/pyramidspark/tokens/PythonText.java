package org.pyramidspark.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The methods of Python's {@code str} that chat templates call, with Python's meaning of white
 * space. Results longer than {@link #MAX_LENGTH} are refused before they are made.
 */
final class PythonText {
  /** UTF-16 units. */
  static final int MAX_LENGTH = 1 << 20;

  /** White space by {@code str.isspace} that Java's {@code Character.isWhitespace} leaves out. */
  private static final String MORE_SPACES = "\u0085\u00a0\u2007\u202f";

  private PythonText() {}

  /**
   * @param arguments strings, integers or lists of strings
   * @throws IllegalArgumentException if there is no such method for these arguments
   */
  static Object call(String text, String method, List<Object> arguments) {
    return switch (method) {
      case "strip" -> strip(text, characters(arguments), true, true);
      case "lstrip" -> strip(text, characters(arguments), true, false);
      case "rstrip" -> strip(text, characters(arguments), false, true);
      case "startswith" -> anyOf(arguments, text::startsWith);
      case "endswith" -> anyOf(arguments, text::endsWith);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "title" -> title(text);
      case "capitalize" -> capitalize(text);
      case "find" -> (long) text.indexOf(string(arguments, 0));
      case "replace" -> replace(text, string(arguments, 0), string(arguments, 1));
      case "split" -> arguments.isEmpty() ? words(text) : split(text, string(arguments, 0));
      default -> throw new IllegalArgumentException("text has no method '" + method + "'");
    };
  }

  /** Without white space at the front, at the back, or both. */
  static String strip(String text, boolean front, boolean back) {
    return strip(text, PythonText::isSpace, front, back);
  }

  static String replace(String text, String old, String replacement) {
    long count = old.isEmpty() ? text.length() + 1L : split(text, old).size() - 1L;
    if (text.length() + count * Math.max(0, replacement.length() - old.length()) > MAX_LENGTH) {
      throw new IllegalArgumentException("a text of the template is too long");
    }
    return text.replace(old, replacement);
  }

  private static String strip(String text, Predicate<Integer> strips, boolean front, boolean back) {
    int from = 0;
    int to = text.length();
    while (front && from < to && strips.test((int) text.charAt(from))) {
      from++;
    }
    while (back && to > from && strips.test((int) text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static Predicate<Integer> characters(List<Object> arguments) {
    if (arguments.isEmpty() || arguments.getFirst() == null) {
      return PythonText::isSpace;
    }
    String set = string(arguments, 0);
    return character -> set.indexOf(character) >= 0;
  }

  private static boolean isSpace(int character) {
    return Character.isWhitespace(character) || MORE_SPACES.indexOf(character) >= 0;
  }

  private static boolean anyOf(List<Object> arguments, Predicate<String> test) {
    return !arguments.isEmpty() && arguments.getFirst() instanceof List<?> several
        ? several.stream().anyMatch(one -> one instanceof String text && test.test(text))
        : test.test(string(arguments, 0));
  }

  private static String string(List<Object> arguments, int index) {
    if (index < arguments.size() && arguments.get(index) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(
        "a method of a text lacks a text as argument " + (index + 1));
  }

  private static List<Object> split(String text, String separator) {
    if (separator.isEmpty()) {
      throw new IllegalArgumentException("empty separator");
    }
    List<Object> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<Object> words(String text) {
    List<Object> words = new ArrayList<>();
    int from = 0;
    for (int at = 0; at <= text.length(); at++) {
      if (at == text.length() || isSpace(text.charAt(at))) {
        if (at > from) {
          words.add(text.substring(from, at));
        }
        from = at + 1;
      }
    }
    return words;
  }

  private static String capitalize(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean withinWord = false;
    for (char character : text.toCharArray()) {
      out.append(withinWord ? Character.toLowerCase(character) : Character.toUpperCase(character));
      withinWord = Character.isLetter(character);
    }
    return out.toString();
  }
}
