package org.pyramidspark.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** What values a setting may have: in words, and as a check. */
sealed interface Allowed {

  /** "a number from 0 to 1", to follow "give". */
  String words();

  /** The value that {@code text} writes: a Double, an Integer or a String; empty if none. */
  Optional<Object> parse(String text);

  boolean accepts(Object value);

  /** Whether the value is written as a number. */
  default boolean isNumeric() {
    return true;
  }

  /**
   * A number between two bounds, the upper included.
   *
   * @param lowIncluded whether the lower is allowed too
   */
  record Decimal(String words, double low, boolean lowIncluded, double high) implements Allowed {

    static Decimal from(int low, int high) {
      return new Decimal("a number from " + low + " to " + high, low, true, high);
    }

    static Decimal over(int low, int high) {
      return new Decimal("a number over " + low + " and at most " + high, low, false, high);
    }

    @Override
    public Optional<Object> parse(String text) {
      try {
        return Optional.of(new BigDecimal(text).doubleValue());
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    @Override
    public boolean accepts(Object value) {
      return value instanceof Double number
          && (number > low || lowIncluded && number == low)
          && number <= high;
    }
  }

  /** A whole number of at least {@code low}. */
  record Whole(int low) implements Allowed {

    @Override
    public String words() {
      return "a whole number from " + low + " to " + Integer.MAX_VALUE;
    }

    @Override
    public Optional<Object> parse(String text) {
      try {
        return Optional.of(Integer.parseInt(text));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    @Override
    public boolean accepts(Object value) {
      return value instanceof Integer number && number >= low;
    }
  }

  /** One of some names. */
  record Name(List<String> names) implements Allowed {

    @Override
    public String words() {
      return names.size() == 1 ? names.getFirst() : "one of " + String.join(", ", names);
    }

    @Override
    public Optional<Object> parse(String text) {
      return Optional.of(text);
    }

    @Override
    public boolean accepts(Object value) {
      return names.contains(value);
    }

    @Override
    public boolean isNumeric() {
      return false;
    }
  }

  /** Any text. */
  record Text() implements Allowed {

    @Override
    public String words() {
      return "a text";
    }

    @Override
    public Optional<Object> parse(String text) {
      return Optional.of(text);
    }

    @Override
    public boolean accepts(Object value) {
      return value instanceof String;
    }

    @Override
    public boolean isNumeric() {
      return false;
    }
  }
}
