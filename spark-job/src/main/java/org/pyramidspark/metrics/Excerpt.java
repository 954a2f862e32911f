package org.pyramidspark.metrics;

/** Beginnings of texts that are too long to be shown. */
final class Excerpt {
  private Excerpt() {}

  /** At most so many characters, and an ellipsis where some are left out. */
  static String of(String text, int mostCharacters) {
    if (text.length() <= mostCharacters) {
      return text;
    }
    boolean inPair = Character.isHighSurrogate(text.charAt(mostCharacters - 1));
    return text.substring(0, inPair ? mostCharacters - 1 : mostCharacters) + "…";
  }
}
