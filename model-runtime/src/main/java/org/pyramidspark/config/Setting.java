package org.pyramidspark.config;

import java.util.List;
import org.pyramidspark.errors.InvalidInputException;

/**
 * A setting, such as a cache policy's: its key in {@code --set key=value} and in reports, what it
 * may be, and what it is when nobody sets it.
 */
public final class Setting {
  private final String key;
  private final Allowed allowed;
  private final Object initial;

  private Setting(String key, Allowed allowed, Object initial) {
    this.key = key;
    this.allowed = allowed;
    this.initial = initial;
  }

  /** A share over 0, at most 1. */
  public static Setting share(String key, double initial) {
    return new Setting(key, Allowed.Decimal.over(0, 1), initial);
  }

  /** A fraction from 0 to 1. */
  public static Setting fraction(String key, double initial) {
    return new Setting(key, Allowed.Decimal.from(0, 1), initial);
  }

  /** A number from one bound to another. */
  public static Setting number(String key, int low, int high, double initial) {
    return new Setting(key, Allowed.Decimal.from(low, high), initial);
  }

  /** A whole number of at least {@code low}. */
  public static Setting whole(String key, int low, int initial) {
    return new Setting(key, new Allowed.Whole(low), initial);
  }

  /** One of some names. */
  public static Setting name(String key, List<String> names, String initial) {
    return new Setting(key, new Allowed.Name(names), initial);
  }

  /**
   * Any text but an empty one, which it is when nobody sets it.
   *
   * @param words what it is, to follow "give"
   */
  public static Setting text(String key, String words) {
    return text(key, words, "");
  }

  /**
   * Any text but an empty one.
   *
   * @param words what it is, to follow "give"
   */
  public static Setting text(String key, String words, String initial) {
    return new Setting(key, new Allowed.Text(words), initial);
  }

  /** Bytes, such as {@code 512m}; 0 when nobody sets it. */
  public static Setting size(String key) {
    return new Setting(key, new Allowed.Size(), 0L);
  }

  /** The name in options and reports. */
  public String key() {
    return key;
  }

  /** The allowed values in words: "a number from 0 to 1". */
  public String allowedWords() {
    return allowed.words();
  }

  /** The value when nobody sets it: Double, Integer, Long or String. */
  public Object initial() {
    return initial;
  }

  /** The value that a text writes. */
  Object parse(String text) {
    Object value = allowed.parse(text).orElse(null);
    if (value == null || !allowed.accepts(value)) {
      throw InvalidInputException.of("Setting %s is \"%s\"; give %s.", key, text, allowed.words());
    }
    return value;
  }
}
