package org.pyramidspark.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pyramidspark.tokens.Tokenizer;

/**
 * The bytes of a completion as it grows, and the search for its stop strings. Works on bytes, since
 * a token may end within a character.
 */
final class GeneratedText {
  private final Tokenizer tokenizer;
  private final List<byte[]> stops;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int end = -1;

  GeneratedText(Tokenizer tokenizer, List<String> stops) {
    this.tokenizer = tokenizer;
    this.stops = stops.stream().map(stop -> stop.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** Adds a token's text and tells whether a stop string is now in the text. */
  boolean add(int token) {
    int before = bytes.size();
    bytes.writeBytes(tokenizer.bytes(token));
    if (!stops.isEmpty()) {
      findStop(before);
    }
    return end >= 0;
  }

  private void findStop(int firstNew) {
    byte[] text = bytes.toByteArray();
    for (byte[] stop : stops) {
      int at = indexOf(text, stop, Math.max(0, firstNew - stop.length + 1));
      if (at >= 0 && (end < 0 || at < end)) {
        end = at;
      }
    }
  }

  private static int indexOf(byte[] text, byte[] wanted, int from) {
    for (int at = from; at + wanted.length <= text.length; at++) {
      int matched = 0;
      while (matched < wanted.length && text[at + matched] == wanted[matched]) {
        matched++;
      }
      if (matched == wanted.length) {
        return at;
      }
    }
    return -1;
  }

  /** The text before the first stop string; broken UTF-8 becomes U+FFFD. */
  @Override
  public String toString() {
    byte[] all = bytes.toByteArray();
    return new String(all, 0, end < 0 ? all.length : end, StandardCharsets.UTF_8);
  }
}
