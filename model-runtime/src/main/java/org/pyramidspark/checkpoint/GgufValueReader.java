package org.pyramidspark.checkpoint;

/** Reads metadata values: whole numbers as Long, others as Double, Boolean, String or an array. */
final class GgufValueReader {
  /** Chat templates are the longest texts; the longest in use have some ten thousand bytes. */
  private static final int MAX_TEXT_BYTES = 1 << 24;

  private GgufValueReader() {}

  static Object next(String key, GgufCursor cursor) {
    GgufValueType type = nextType(key, cursor);
    return switch (type) {
      case ARRAY -> GgufArray.next(key, cursor);
      case STRING -> cursor.nextString("the text of metadata key " + key, MAX_TEXT_BYTES);
      default -> scalar(key, type, cursor);
    };
  }

  /** The type of a value, or of an array's elements. */
  static GgufValueType nextType(String key, GgufCursor cursor) {
    int code = cursor.nextInt(key);
    if (code < 0 || code >= GgufValueType.BY_NUMBER.size()) {
      throw cursor.damaged(
          "metadata key %s has values of type %s; 0 to %d are known",
          key, Integer.toUnsignedString(code), GgufValueType.BY_NUMBER.size() - 1);
    }
    return GgufValueType.BY_NUMBER.get(code);
  }

  /** A value that is neither text nor array. */
  static Object scalar(String key, GgufValueType type, GgufCursor cursor) {
    return switch (type) {
      case UINT8 -> (long) (cursor.nextByte(key) & 0xff);
      case INT8 -> (long) cursor.nextByte(key);
      case UINT16 -> (long) (cursor.nextShort(key) & 0xffff);
      case INT16 -> (long) cursor.nextShort(key);
      case UINT32 -> Integer.toUnsignedLong(cursor.nextInt(key));
      case INT32 -> (long) cursor.nextInt(key);
      case FLOAT32 -> (double) Float.intBitsToFloat(cursor.nextInt(key));
      case BOOL -> flag(key, cursor);
      case UINT64, INT64 -> cursor.nextLong(key);
      case FLOAT64 -> Double.longBitsToDouble(cursor.nextLong(key));
      case STRING, ARRAY -> throw new IllegalArgumentException(type.name());
    };
  }

  private static boolean flag(String key, GgufCursor cursor) {
    byte value = cursor.nextByte(key);
    if (value != 0 && value != 1) {
      throw cursor.damaged("metadata key %s is %d and must be 0 or 1", key, value);
    }
    return value == 1;
  }
}
