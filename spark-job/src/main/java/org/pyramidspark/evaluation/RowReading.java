package org.pyramidspark.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.prompts.CorpusLine;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.prompts.RowFields;
import org.pyramidspark.prompts.RowFields.BadRow;
import scala.Tuple2;

/**
 * How lines of JSON become rows of a source.
 *
 * @param taskField the field that names a row's task
 * @param errorRows what becomes of rows that a run could not complete
 */
public record RowReading(String taskField, ErrorRows errorRows) implements Serializable {

  /** The one completion of a line. */
  Tuple2<RowKey, SourceRow> completion(Source source, CorpusLine line) {
    String id = line.place().id();
    SourceRow row;
    try {
      if (line.error().isPresent()) {
        row = unreadable(line.error().get(), line);
      } else {
        id = line.fields().id();
        row = completion(line);
      }
    } catch (BadRow bad) {
      row = unreadable(bad.error(), line);
    }
    return new Tuple2<>(key(id, source, line, 0), row);
  }

  private SourceRow completion(CorpusLine line) throws BadRow {
    RowFields fields = line.fields();
    String reference = fields.optionalText("reference").orElse(null);
    Optional<String> text = fields.optionalText("text");
    Optional<String> error = fields.optionalText("error");
    if (error.isPresent() || line.row().path("finish_reason").asText().equals("error")) {
      return errorRows == ErrorRows.EMPTY
          ? SourceRow.completion("", reference, task(line))
          : SourceRow.failed(
              RowStatus.ERROR,
              error.orElse("The run could not complete the row."),
              reference,
              task(line));
    }
    if (text.isEmpty()) {
      throw fields.bad(RowError.Kind.MISSING_FIELD, "field text is missing.");
    }
    return SourceRow.completion(text.get(), reference, task(line));
  }

  /** The references of a line, one for each of its prompts. */
  List<Tuple2<RowKey, SourceRow>> references(CorpusLine line, List<PromptRow> prompts) {
    List<Tuple2<RowKey, SourceRow>> rows = new ArrayList<>();
    for (PromptRow prompt : prompts) {
      RowKey key = key(prompt.id(), Source.REFERENCES, line, rows.size());
      rows.add(new Tuple2<>(key, reference(line, prompt)));
    }
    return rows;
  }

  /** What is wrong with a prompt alone does not matter here. */
  private SourceRow reference(CorpusLine line, PromptRow prompt) {
    if (prompt instanceof PromptRow.Invalid invalid
        && invalid.reference().isEmpty()
        && invalid.error().kind() != RowError.Kind.MISSING_FIELD
        && invalid.error().kind() != RowError.Kind.EMPTY_PROMPT) {
      return unreadable(invalid.error(), line);
    }
    return SourceRow.reference(prompt.reference().orElse(null), task(line));
  }

  private SourceRow unreadable(RowError error, CorpusLine line) {
    return SourceRow.failed(RowStatus.UNREADABLE, error.message(), null, task(line));
  }

  private String task(CorpusLine line) {
    JsonNode task = line.row().path(taskField);
    boolean named = task.isTextual() && !task.asText().isBlank() || task.isIntegralNumber();
    return named ? task.asText() : null;
  }

  private static RowKey key(String id, Source source, CorpusLine line, int index) {
    return new RowKey(id, source, line.place().source(), line.place().number(), index);
  }
}
