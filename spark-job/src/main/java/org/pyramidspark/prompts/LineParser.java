package org.pyramidspark.prompts;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Optional;

/** Reads the lines of one file as JSON. Thread-safe. */
final class LineParser {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final String file;
  private final CorpusFormat format;

  /**
   * @param format of the file's rows, recognised
   */
  LineParser(String file, CorpusFormat format) {
    this.file = file;
    this.format = format;
  }

  CorpusLine parse(JsonLines line) {
    RowPlace place = RowPlace.inFile(file, line.number());
    if (line.isTooLong()) {
      return invalid(place, "the line has over %d bytes; split the row.", JsonLines.MAX_LINE_BYTES);
    }
    try {
      JsonNode row = JSON.readValue(line.bytes(), 0, line.length());
      return row.isObject()
          ? new CorpusLine(place, format, row, Optional.empty())
          : invalid(place, "the line is %s; give a JSON object.", RowFields.shown(row));
    } catch (JacksonException broken) {
      return invalid(place, "the line is not JSON (%s).", broken.getOriginalMessage());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private CorpusLine invalid(RowPlace place, String problem, Object... arguments) {
    RowError error = place.error(RowError.Kind.NOT_JSON, problem, arguments);
    return new CorpusLine(place, format, MissingNode.getInstance(), Optional.of(error));
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
