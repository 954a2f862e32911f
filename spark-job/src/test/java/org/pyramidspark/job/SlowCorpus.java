package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A corpus of many rows, in two files, that jobs are disturbed on; its rows end by length alone.
 */
final class SlowCorpus {
  static final int ROWS = 32;

  private static final List<String> WORDS =
      List.of("the", "mill", "quay", "burned", "river", "on", "Monday", "seven", "boats", "rain");

  private SlowCorpus() {}

  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(5);
    for (String name : List.of("a.jsonl", "b.jsonl")) {
      Files.write(
          folder.resolve(name),
          IntStream.range(0, ROWS / 2)
              .mapToObj(row -> "{\"prompt\": \"%s\"}".formatted(text(random)))
              .toList());
    }
    return folder;
  }

  private static String text(Random random) {
    return IntStream.range(0, 20)
        .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
        .collect(Collectors.joining(" "));
  }
}
