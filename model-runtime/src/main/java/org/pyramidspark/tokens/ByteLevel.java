package org.pyramidspark.tokens;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * GPT-2's spelling of bytes as printable characters: printable Latin-1 stands for itself, the other
 * 68 bytes for U+0100 and up, in order. Immutable.
 */
final class ByteLevel {
  private final Map<Character, Byte> bytes = new HashMap<>();

  ByteLevel() {
    char next = 0x100;
    for (int value = 0; value < 256; value++) {
      boolean itself =
          value >= '!' && value <= '~'
              || value >= 0xa1 && value <= 0xac
              || value >= 0xae && value <= 0xff;
      bytes.put(itself ? (char) value : next++, (byte) value);
    }
  }

  /** The bytes that a token spells; characters outside the spelling stand for their own UTF-8. */
  byte[] bytes(String token) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(token.length());
    token
        .codePoints()
        .forEach(
            point -> {
              Byte value = point < 0x10000 ? bytes.get((char) point) : null;
              if (value != null) {
                out.write(value);
              } else {
                out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
              }
            });
    return out.toByteArray();
  }
}
