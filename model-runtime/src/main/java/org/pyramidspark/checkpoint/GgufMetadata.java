package org.pyramidspark.checkpoint;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The key-value pairs of a GGUF file, with their types checked.
 *
 * @param path the file, for messages
 * @param values numbers as Long, Double or Boolean, text as String, arrays as GgufArray
 */
record GgufMetadata(Path path, Map<String, Object> values) {

  Optional<String> text(String key) {
    return value(key, String.class, "text");
  }

  String requiredText(String key) {
    return required(key, text(key));
  }

  Optional<Boolean> flag(String key) {
    return value(key, Boolean.class, "true or false");
  }

  Optional<Double> decimal(String key) {
    return value(key, Number.class, "a number").map(Number::doubleValue);
  }

  /** A whole number from 0 to 2^31 - 1. */
  Optional<Integer> integer(String key) {
    Optional<Long> value = value(key, Long.class, "a whole number");
    value
        .filter(number -> number < 0 || number > Integer.MAX_VALUE)
        .ifPresent(
            number -> {
              throw wrong(key, number, "a whole number from 0 to " + Integer.MAX_VALUE);
            });
    return value.map(Long::intValue);
  }

  int requiredInteger(String key) {
    return required(key, integer(key));
  }

  /** Finite, and over 0, as float32 too. */
  Optional<Double> positive(String key) {
    Optional<Double> value = decimal(key);
    value
        .filter(number -> !(number.floatValue() > 0 && number <= Float.MAX_VALUE))
        .ifPresent(
            number -> {
              throw wrong(key, number, "a number over 0");
            });
    return value;
  }

  double requiredPositive(String key) {
    return required(key, positive(key));
  }

  GgufArray requiredArray(String key) {
    return required(key, value(key, GgufArray.class, "an array"));
  }

  private <T> Optional<T> value(String key, Class<T> type, String allowed) {
    Object value = values.get(key);
    if (value != null && !type.isInstance(value)) {
      throw wrong(key, value, allowed);
    }
    return Optional.ofNullable(value).map(type::cast);
  }

  private <T> T required(String key, Optional<T> value) {
    return value.orElseThrow(
        () ->
            InvalidInputException.of(
                "GGUF file %s has no metadata key %s, which a Llama model needs; use a file that"
                    + " was converted with its tokenizer.",
                path, key));
  }

  private InvalidInputException wrong(String key, Object value, String allowed) {
    String shown = String.valueOf(value);
    return GgufCursor.damaged(
        path,
        "metadata key %s is '%s' and must be %s",
        key,
        shown.length() > 60 ? shown.substring(0, 60) + "..." : shown,
        allowed);
  }
}
