package org.pyramidspark.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * An array of a GGUF file's metadata, whose end is known to lie within the file. It is read when it
 * is asked for: most arrays never are, and a damaged one could be as long as the file.
 */
final class GgufArray {
  private static final int MAX_DEPTH = 4;
  private static final int MAX_TEXT_BYTES = 1 << 16;

  private final String key;
  private final GgufValueType type;
  private final int count;
  private final GgufCursor start;

  private GgufArray(String key, GgufValueType type, int count, GgufCursor start) {
    this.key = key;
    this.type = type;
    this.count = count;
    this.start = start;
  }

  /** The array at the cursor, which moves behind it. */
  static GgufArray next(String key, GgufCursor cursor) {
    GgufValueType type = GgufValueReader.nextType(key, cursor);
    int count = cursor.nextCount("elements of " + key, type.leastBytes());
    GgufArray array = new GgufArray(key, type, count, cursor.copy());
    array.skip(type, count, cursor, 1);
    return array;
  }

  /** Passes over elements; makes nothing, since there may be millions of them. */
  private void skip(GgufValueType elements, int number, GgufCursor cursor, int depth) {
    if (elements.isOfFixedSize()) {
      cursor.skip((long) number * elements.leastBytes(), key);
      return;
    }
    for (int i = 0; i < number; i++) {
      if (elements == GgufValueType.STRING) {
        cursor.skipString(key);
      } else {
        skipArray(cursor, depth);
      }
    }
  }

  private void skipArray(GgufCursor cursor, int depth) {
    if (depth == MAX_DEPTH) {
      throw cursor.damaged("metadata key %s nests more than %d arrays", key, depth);
    }
    GgufValueType type = GgufValueReader.nextType(key, cursor);
    skip(type, cursor.nextCount(key, type.leastBytes()), cursor, depth + 1);
  }

  int count() {
    return count;
  }

  List<String> texts() {
    return texts(text -> true, "");
  }

  /**
   * @param sound whether a text is as it must be; reading ends at the first that is not
   * @param allowed what is allowed, for the message
   */
  List<String> texts(Predicate<String> sound, String allowed) {
    if (type != GgufValueType.STRING) {
      throw wrong("text");
    }
    GgufCursor cursor = start.copy();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = cursor.nextString("element " + i + " of " + key, MAX_TEXT_BYTES);
      if (!sound.test(text)) {
        throw cursor.damaged(
            "element %d of %s is '%s' and must have the form %s", i, key, text, allowed);
      }
      texts.add(text);
    }
    return texts;
  }

  List<Long> integers() {
    if (!type.isOfFixedSize()) {
      throw wrong("whole numbers");
    }
    GgufCursor cursor = start.copy();
    List<Long> integers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!(GgufValueReader.scalar(key, type, cursor) instanceof Long integer)) {
        throw wrong("whole numbers");
      }
      integers.add(integer);
    }
    return integers;
  }

  private RuntimeException wrong(String allowed) {
    return start.damaged("metadata key %s is %s and must be an array of %s", key, this, allowed);
  }

  @Override
  public String toString() {
    return "an array of %d elements of type %s".formatted(count, type);
  }
}
