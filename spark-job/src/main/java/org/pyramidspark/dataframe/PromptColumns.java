package org.pyramidspark.dataframe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.prompts.CorpusLine;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowPlace;

/**
 * The columns of a DataFrame that its rows' prompts are made of. They become the same JSON object
 * that a line of a corpus is, so that checks and messages are the same, too.
 *
 * @param format of that object
 */
public record PromptColumns(List<Column> columns, CorpusFormat format) implements Serializable {

  /**
   * @param ordinal of the column among those that are at hand
   */
  record Column(RowField field, int ordinal) implements Serializable {}

  public PromptColumns {
    columns = List.copyOf(columns);
  }

  /**
   * One column, a prompt of the kind that the type says.
   *
   * @throws InvalidInputException if no prompt is of this type
   */
  public static PromptColumns ofPrompt(DataType type) {
    RowField prompt =
        RowField.promptOf(type)
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "A prompt of type %s cannot be completed; give %s.",
                        type.simpleString(), RowField.allowedPrompts()));
    return new PromptColumns(List.of(new Column(prompt, 0)), CorpusFormat.PROMPTS);
  }

  /**
   * Finds the columns that are named, or else those that go by the names of the JSONL format.
   *
   * @param caseSensitive whether names differ that differ in case
   * @throws InvalidInputException if one is missing or of another type, or none holds a prompt
   */
  public static PromptColumns of(ColumnNames names, StructType schema, boolean caseSensitive) {
    Search search = new Search(names, schema, caseSensitive);
    List<Column> prompts = search.prompts();
    boolean document = prompts.getFirst().field() == RowField.INSTRUCTION;
    return new PromptColumns(
        Stream.concat(
                prompts.stream(),
                RowField.OTHERS.stream().map(search::find).flatMap(Optional::stream))
            .toList(),
        document ? CorpusFormat.LEVAL : CorpusFormat.PROMPTS);
  }

  /** The ordinals of the columns. */
  public List<Integer> ordinals() {
    return columns.stream().map(Column::ordinal).toList();
  }

  /** The same where these columns are the only ones. */
  PromptColumns alone() {
    return new PromptColumns(
        IntStream.range(0, columns.size())
            .mapToObj(i -> new Column(columns.get(i).field(), i))
            .toList(),
        format);
  }

  /**
   * The prompt of a row.
   *
   * @param values of the row by ordinal, as {@code Row} has them
   */
  public PromptRow prompt(IntFunction<Object> values, RowPlace place) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    for (Column column : columns) {
      put(row, column.field(), values.apply(column.ordinal()));
    }
    return new CorpusLine(place, format, row, Optional.empty()).prompts().getFirst();
  }

  private void put(ObjectNode row, RowField field, Object value) {
    if (value == null) {
      return;
    }
    boolean document = format == CorpusFormat.LEVAL;
    if (field == RowField.INSTRUCTION) {
      row.putArray("instructions").add(JsonValues.of(value));
    } else if (field == RowField.REFERENCE && document) {
      row.putArray("outputs").add(JsonValues.of(value));
    } else {
      row.set(field.label(), JsonValues.of(value));
    }
  }

  /** Looks columns up. */
  private record Search(ColumnNames names, StructType schema, boolean caseSensitive) {

    /** Those of one kind of prompt, or of several of which each row has one. */
    List<Column> prompts() {
      boolean named =
          Stream.concat(RowField.PROMPTS.stream(), RowField.DOCUMENT.stream())
              .anyMatch(field -> names.of(field).isPresent());
      List<Column> prompts = found(RowField.PROMPTS, named);
      if (!prompts.isEmpty() && !named) {
        return prompts;
      }
      List<Column> document = found(RowField.DOCUMENT, named);
      if (prompts.isEmpty() && document.size() == RowField.DOCUMENT.size()) {
        return document;
      }
      if (prompts.isEmpty() || !document.isEmpty()) {
        throw named ? halfNamed() : noPrompt();
      }
      return prompts;
    }

    /** The columns of these fields, those that are named only, if any prompt is. */
    private List<Column> found(List<RowField> fields, boolean named) {
      return fields.stream()
          .filter(field -> !named || names.of(field).isPresent())
          .map(this::find)
          .flatMap(Optional::stream)
          .toList();
    }

    private InvalidInputException halfNamed() {
      return InvalidInputException.of(
          "Columns named by %s and %s go together and without a column of another prompt; name both"
              + " columns of these, or neither.",
          names.way(RowField.INSTRUCTION), names.way(RowField.INPUT));
    }

    private InvalidInputException noPrompt() {
      return InvalidInputException.of(
          "The %s has no column %s, nor both %s; its columns are %s, so name one of them by %s.",
          names.table(),
          String.join(", ", RowField.labels(RowField.PROMPTS)),
          String.join(" and ", RowField.labels(RowField.DOCUMENT)),
          all(),
          names.way(RowField.PROMPT));
    }

    Optional<Column> find(RowField field) {
      List<Integer> ordinals = ordinals(names.of(field).orElse(field.label()));
      if (ordinals.isEmpty() && names.of(field).isPresent()) {
        throw InvalidInputException.of(
            "%s, and the %s has no such column; its columns are %s.",
            names.saying(field), names.table(), all());
      }
      if (ordinals.size() > 1) {
        throw InvalidInputException.of(
            "The %s has %d columns '%s'; rename one, or name another by %s.",
            names.table(),
            ordinals.size(),
            schema.fieldNames()[ordinals.getFirst()],
            names.way(field));
      }
      return ordinals.stream().map(ordinal -> checked(field, ordinal)).findFirst();
    }

    private List<Integer> ordinals(String name) {
      List<Integer> ordinals = new ArrayList<>();
      String[] all = schema.fieldNames();
      IntStream.range(0, all.length)
          .filter(i -> caseSensitive ? all[i].equals(name) : all[i].equalsIgnoreCase(name))
          .forEach(ordinals::add);
      return ordinals;
    }

    private Column checked(RowField field, int ordinal) {
      DataType type = schema.fields()[ordinal].dataType();
      if (!field.accepts(type)) {
        throw InvalidInputException.of(
            "Column %s is of type %s and is to be a row's %s; give %s, or name another column by"
                + " %s.",
            schema.fieldNames()[ordinal],
            type.simpleString(),
            field.label(),
            field.allowedTypes(),
            names.way(field));
      }
      return new Column(field, ordinal);
    }

    private String all() {
      return String.join(", ", schema.fieldNames());
    }
  }
}
