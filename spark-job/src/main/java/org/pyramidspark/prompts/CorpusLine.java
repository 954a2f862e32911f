package org.pyramidspark.prompts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * One line of a JSONL file that is not blank.
 *
 * @param place where it stands
 * @param format of the file's rows
 * @param row the JSON object; missing where there is an error
 * @param error what is wrong, if the line is no JSON object
 */
public record CorpusLine(
    RowPlace place, CorpusFormat format, JsonNode row, Optional<RowError> error) {

  /** Checked access to the fields of the row. */
  public RowFields fields() {
    return new RowFields(row, place);
  }

  /** At least one prompt, whatever the line holds. */
  public List<PromptRow> prompts() {
    return error
        .<List<PromptRow>>map(
            problem -> List.of(new PromptRow.Invalid(place.id(), Optional.empty(), problem)))
        .orElseGet(() -> RowParser.of(format).parse(fields()));
  }
}
