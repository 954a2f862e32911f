package org.pyramidspark.checkpoint;

/** Reads metadata values: whole numbers as Long, others as Double, Boolean, String or an array. */
final class GgufValueReader {
  static final int MAX_ARRAY_DEPTH = 4;

  /** Chat templates are the longest texts; the longest in use have some ten thousand bytes. */
  private static final int MAX_TEXT_BYTES = 1 << 24;

  private GgufValueReader() {}

  static Object next(String key, GgufCursor cursor) {
    GgufValueType type = nextType("metadata key " + key, cursor);
    return switch (type) {
      case ARRAY -> GgufArray.next(key, cursor);
      case STRING -> cursor.nextString("the text of metadata key " + key, MAX_TEXT_BYTES);
      default -> scalar(key, type, cursor);
    };
  }

  static GgufValueType nextType(String what, GgufCursor cursor) {
    int code = cursor.nextInt("the type of " + what);
    return GgufValueType.numbered(code)
        .orElseThrow(
            () ->
                cursor.damaged(
                    "the type of %s is %d; 0 to %d are known",
                    what, code, GgufValueType.values().length - 1));
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
      case STRING, ARRAY ->
          throw cursor.damaged("metadata key %s holds elements of type %s", key, type);
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
