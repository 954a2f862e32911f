package org.pyramidspark.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.CannotObtainBlockLengthException;

/**
 * How the books of a run are written: objects of JSON. The beginning of such an object never is
 * one, so a file that was not written to its end is known by that.
 */
final class BooksJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private BooksJson() {}

  /** The whole of a file that holds one value. */
  static byte[] file(Record value) {
    return (line(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** One line, without its end. */
  static String line(Record value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** For people to read, too. */
  static String pretty(Record value) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What a file holds; nothing if it is not there or was not written to its end. */
  static <T extends Record> Optional<T> read(FileSystem fileSystem, Path file, Class<T> type)
      throws IOException {
    try (InputStream stream = fileSystem.open(file)) {
      return read(new String(stream.readAllBytes(), StandardCharsets.UTF_8), type);
    } catch (FileNotFoundException | ChecksumException | CannotObtainBlockLengthException torn) {
      // The last: HDFS does not know how long a file is whose writer was killed.
      return Optional.empty();
    }
  }

  /** Nothing if the text is not whole. */
  static <T extends Record> Optional<T> read(String text, Class<T> type) {
    try {
      return Optional.ofNullable(JSON.readValue(text, type));
    } catch (JsonProcessingException torn) {
      return Optional.empty();
    }
  }
}
