package org.pyramidspark.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a run's folder, and its rows in a form that runs can be compared in. */
final class RunFiles {
  private RunFiles() {}

  static List<Path> manifests(Path output) throws IOException {
    return files(output.resolve("_pyramid/commits"), "\\d{5}\\.json");
  }

  /** Those that were written to their end. */
  static List<Path> wholeManifests(Path output) throws IOException {
    List<Path> whole = new ArrayList<>();
    for (Path manifest : manifests(output)) {
      if (Files.readString(manifest).endsWith("}\n")) {
        whole.add(manifest);
      }
    }
    return whole;
  }

  static List<Path> parts(Path output) throws IOException {
    return files(output, "part-\\d{5}-[0-9a-f]{16}\\.jsonl");
  }

  /** Files of rows in any format, those in folders of partitions, too. */
  static List<Path> tableParts(Path output) throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .sorted()
          .toList();
    }
  }

  private static List<Path> files(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().matches(name)).sorted().toList();
    } catch (NoSuchFileException notYet) {
      return List.of();
    }
  }

  /** Deletes a file and Hadoop's checksum of it. */
  static void delete(Path file) throws IOException {
    Files.delete(file);
    forgetChecksum(file);
  }

  /** Cuts a file to a beginning, as if its writer had been killed. */
  static void cut(Path file, double share) throws IOException {
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, (int) (share * text.length())));
    forgetChecksum(file);
  }

  private static void forgetChecksum(Path file) throws IOException {
    Files.deleteIfExists(file.resolveSibling(".%s.crc".formatted(file.getFileName())));
  }

  /**
   * Makes a finished run look as if it had been killed before these of its splits were committed.
   */
  static void unfinish(Path output, Collection<Integer> splits) throws IOException {
    delete(output.resolve("_SUCCESS"));
    for (int split : splits) {
      delete(output.resolve("_pyramid/commits/%05d.json".formatted(split)));
    }
  }

  /**
   * All that a run says of its rows but for times and bytes, by id; fails where an id is there
   * twice.
   */
  static Map<String, String> rows(Path output) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    for (JsonNode row : CommandRun.rows(output)) {
      String told =
          Stream.of("text", "finish_reason", "error", "prompt_tokens", "generated_tokens", "seed")
              .map(field -> row.get(field).toString())
              .toList()
              .toString();
      if (rows.put(row.get("id").asText(), told) != null) {
        throw new AssertionError("Row %s is there twice".formatted(row.get("id")));
      }
    }
    return rows;
  }
}
