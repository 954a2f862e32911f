package org.pyramidspark.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Completions and references to evaluate. */
final class SmallRuns {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> WORDS =
      List.of("the", "mill", "quay", "burned", "river", "on", "Monday", "seven", "boats", "rain");

  private SmallRuns() {}

  /** A corpus of three tasks, each a file: summaries, short answers, and options. */
  static Path references(Path folder) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(1);
    Files.write(
        folder.resolve("summaries.jsonl"),
        IntStream.range(0, 20)
            .mapToObj(i -> document(text(random, 30), text(random, 25)))
            .toList());
    Files.write(
        folder.resolve("answers.jsonl"),
        IntStream.range(0, 20).mapToObj(i -> document(text(random, 3), text(random, 2))).toList());
    Files.write(
        folder.resolve("exam.jsonl"),
        IntStream.range(0, 20).mapToObj(i -> document(i % 3 == 0 ? "BD" : "C", "A")).toList());
    return folder;
  }

  /** Completions of {@link #references} that are right now and then. */
  static Path completions(Path file, long seed) throws IOException {
    Random random = new Random(seed);
    Files.createDirectories(file.getParent());
    Files.write(
        file,
        List.of("summaries", "answers", "exam").stream()
            .flatMap(
                task ->
                    IntStream.range(0, 40)
                        .mapToObj(
                            i ->
                                row(
                                    "%s.jsonl#%d/%d".formatted(task, 1 + i / 2, i % 2),
                                    task.equals("exam")
                                        ? random.nextBoolean() ? "B. and D." : "C"
                                        : text(random, task.equals("answers") ? 3 : 28))))
            .toList());
    return file;
  }

  static String row(String id, String text) {
    return object().put("id", id).put("text", text).toString();
  }

  static String row(String id, String text, String reference) {
    return object().put("id", id).put("text", text).put("reference", reference).toString();
  }

  private static ObjectNode object() {
    return JSON.createObjectNode();
  }

  private static String document(String first, String second) {
    ObjectNode row = object().put("input", "A document.");
    row.putArray("instructions").add("First?").add("Second?");
    row.putArray("outputs").add(first).add(second);
    return row.toString();
  }

  private static String text(Random random, int words) {
    return IntStream.range(0, words)
        .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
        .collect(Collectors.joining(" "));
  }
}
