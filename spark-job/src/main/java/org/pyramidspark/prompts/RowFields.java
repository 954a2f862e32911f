package org.pyramidspark.prompts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Checked access to the fields of one row.
 *
 * @param row a JSON object
 * @param place where it stands
 */
public record RowFields(JsonNode row, RowPlace place) {

  /** Something is wrong with the row; becomes an invalid row, never leaves the job. */
  public static final class BadRow extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient RowError error;

    BadRow(RowError error) {
      super(error.message(), null, false, false);
      this.error = error;
    }

    public RowError error() {
      return error;
    }
  }

  /** An error of this row. */
  public BadRow bad(RowError.Kind kind, String format, Object... arguments) {
    return new BadRow(place.error(kind, format, arguments));
  }

  /** Whether there is such a field and it is not null. */
  public boolean has(String field) {
    return row.hasNonNull(field);
  }

  /** The row's own id, a string or a whole number, or its place. */
  public String id() throws BadRow {
    JsonNode id = row.path("id");
    if (id.isMissingNode() || id.isNull()) {
      return place.id();
    }
    if (!id.isTextual() && !id.isIntegralNumber() || id.asText().isEmpty()) {
      throw bad(
          RowError.Kind.WRONG_TYPE,
          "id is %s; give a string that is not empty, or leave it out.",
          shown(id));
    }
    return id.asText();
  }

  /** The field; an error if it is missing. */
  public JsonNode required(String field) throws BadRow {
    if (!has(field)) {
      throw bad(RowError.Kind.MISSING_FIELD, "field %s is missing.", field);
    }
    return row.get(field);
  }

  /** A string with something other than white space in it. */
  public String text(String field) throws BadRow {
    return text(field, required(field));
  }

  String text(String name, JsonNode value) throws BadRow {
    if (!value.isTextual()) {
      throw bad(RowError.Kind.WRONG_TYPE, "%s is %s; give a string.", name, shown(value));
    }
    if (value.asText().isBlank()) {
      throw bad(RowError.Kind.EMPTY_PROMPT, "%s is empty; give some text.", name);
    }
    return value.asText();
  }

  /** A list with at least one element. */
  JsonNode list(String field) throws BadRow {
    JsonNode list = required(field);
    if (!list.isArray()) {
      throw bad(RowError.Kind.WRONG_TYPE, "%s is %s; give a list.", field, shown(list));
    }
    if (list.isEmpty()) {
      throw bad(RowError.Kind.EMPTY_PROMPT, "%s is an empty list; give at least one.", field);
    }
    return list;
  }

  /** A string, if the field is there. */
  public Optional<String> optionalText(String field) throws BadRow {
    if (!has(field)) {
      return Optional.empty();
    }
    if (!row.get(field).isTextual()) {
      throw bad(RowError.Kind.WRONG_TYPE, "%s is %s; give a string.", field, shown(row.get(field)));
    }
    return Optional.of(row.get(field).asText());
  }

  /** The row's own limit of new tokens. */
  OptionalInt maxNewTokens() throws BadRow {
    if (!has("max_new_tokens")) {
      return OptionalInt.empty();
    }
    JsonNode limit = row.get("max_new_tokens");
    if (!limit.isIntegralNumber() || !limit.canConvertToInt() || limit.intValue() < 1) {
      throw bad(
          RowError.Kind.WRONG_TYPE,
          "max_new_tokens is %s; give a whole number of at least 1.",
          shown(limit));
    }
    return OptionalInt.of(limit.intValue());
  }

  /** A value as messages show it: short. */
  static String shown(JsonNode value) {
    String text = value.isMissingNode() ? "missing" : value.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
