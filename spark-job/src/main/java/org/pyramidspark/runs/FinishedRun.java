package org.pyramidspark.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.pyramidspark.completions.OutputPaths;
import org.pyramidspark.errors.InvalidInputException;

/**
 * A run of {@code generate} that is over.
 *
 * @param name of its output folder, as the user gave it
 * @param report its {@code report.json}
 */
public record FinishedRun(String name, JsonNode report) {
  private static final String REPORT = "report.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads the report of a run.
   *
   * @param folder its output, on any of Hadoop's file systems
   * @throws InvalidInputException if there is no report of {@code generate} in it
   */
  public static FinishedRun in(String folder, Configuration hadoop) {
    try {
      Path output = new Path(folder);
      FileSystem fileSystem = output.getFileSystem(hadoop);
      Path file = report(fileSystem, output).orElse(new Path(output, REPORT));
      FinishedRun run = new FinishedRun(folder, read(fileSystem, file));
      if (!run.isOfGenerate()) {
        throw InvalidInputException.of(
            "Folder %s holds a report that is not one of generate; give the output folder of a run"
                + " of generate.",
            folder);
      }
      return run;
    } catch (FileNotFoundException missing) {
      throw new InvalidInputException(
          "Folder %s holds no %s; give the output folder of a run of generate that is finished."
              .formatted(folder, REPORT),
          missing);
    } catch (IOException | IllegalArgumentException failure) {
      throw new InvalidInputException(
          "The report in folder %s cannot be read (%s); give the output folder of a run of generate."
              .formatted(
                  folder, String.valueOf(failure.getMessage()).lines().findFirst().orElse("")),
          failure);
    }
  }

  /** The report of an output, if it has one: beside the rows, or out of their readers' way. */
  static Optional<Path> report(FileSystem fileSystem, Path output) throws IOException {
    for (Path folder : List.of(output, new Path(output, OutputPaths.BOOKS))) {
      Path file = new Path(folder, REPORT);
      if (fileSystem.exists(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  static JsonNode read(FileSystem fileSystem, Path file) throws IOException {
    try (InputStream stream = fileSystem.open(file)) {
      return JSON.readTree(stream);
    }
  }

  boolean isOfGenerate() {
    return report.path("throughput").isObject() && report.path("kv").isObject();
  }

  /** When it started, ISO 8601. */
  String started() {
    return report.path("started").asText();
  }

  /** What the user asked for, by option. */
  Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    Iterator<Map.Entry<String, JsonNode>> fields = report.path("settings").fields();
    fields.forEachRemaining(field -> settings.put(field.getKey(), field.getValue().asText()));
    return settings;
  }

  /** One of the settings, empty if it was not given. */
  String setting(String option) {
    return report.path("settings").path(option).asText("");
  }

  /**
   * A figure of the report, if it has it.
   *
   * @param pointer where, such as {@code /rows/total}
   */
  OptionalDouble figure(String pointer) {
    JsonNode value = report.at(pointer);
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }

  /** A text of the report, empty if it does not have it. */
  String text(String pointer) {
    return report.at(pointer).asText("");
  }
}
