package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Logs in JSON, as {@code docs/monitoring.md} says how to have them. */
final class LogSettings {
  private static final Path DOCS = Path.of("../docs/monitoring.md");
  private static final Pattern PRINTED =
      Pattern.compile("(?s)    spark-submit (--files .*?) \\.{3}\n");

  private LogSettings() {}

  /** Options for {@code spark-submit}, as printed; the folder it runs in has conf/. */
  static List<String> ofTheDocs() throws IOException {
    Matcher printed = PRINTED.matcher(Files.readString(DOCS));
    assertThat(printed.find()).isTrue();
    return List.of(printed.group(1).replace("\\\n", " ").trim().split("\\s+"));
  }

  /** Some executor, whose output is somewhere below a folder, has told of splits. */
  static void assertSplitsAreLogged(Path folder) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path log : files.filter(file -> file.endsWith("stderr")).toList()) {
        for (String line : Files.readAllLines(log)) {
          if (line.startsWith("{")) {
            events.add(new ObjectMapper().readTree(line));
          }
        }
      }
    }
    assertThat(events)
        .anyMatch(event -> event.has("split") && event.path("run").asText().length() == 36);
  }
}
