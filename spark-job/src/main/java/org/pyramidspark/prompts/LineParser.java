package org.pyramidspark.prompts;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** From one line of a file to its prompts. Thread-safe. */
final class LineParser {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final String file;
  private final RowParser rows;

  LineParser(String file, CorpusFormat format) {
    this.file = file;
    this.rows = RowParser.of(format);
  }

  /** At least one prompt, whatever the line holds. */
  List<PromptRow> parse(JsonLines line) {
    RowPlace place = new RowPlace(file, line.number());
    if (line.isTooLong()) {
      return invalid(place, "the line has over %d bytes; split the row.", JsonLines.MAX_LINE_BYTES);
    }
    try {
      JsonNode row = JSON.readValue(line.bytes(), 0, line.length());
      return row.isObject()
          ? rows.parse(new RowFields(row, place))
          : invalid(place, "the line is %s; give a JSON object.", RowFields.shown(row));
    } catch (JacksonException broken) {
      return invalid(place, "the line is not JSON (%s).", broken.getOriginalMessage());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static List<PromptRow> invalid(RowPlace place, String format, Object... arguments) {
    RowError error = place.error(RowError.Kind.NOT_JSON, format, arguments);
    return List.of(new PromptRow.Invalid(place.id(), Optional.empty(), error));
  }

  /** The format of a line, unless it is broken. */
  static Optional<CorpusFormat> recognise(JsonLines line) {
    try {
      JsonNode row = JSON.readValue(line.bytes(), 0, line.length());
      if (!row.isObject()) {
        return Optional.empty();
      }
      return Optional.of(row.has("instructions") ? CorpusFormat.LEVAL : CorpusFormat.PROMPTS);
    } catch (IOException broken) {
      return Optional.empty();
    }
  }
}
