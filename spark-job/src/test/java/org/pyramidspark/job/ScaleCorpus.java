package org.pyramidspark.job;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Many short prompts: 16 to 24 letters, which are as many tokens of the tiny model. */
final class ScaleCorpus {
  private static final int SHORTEST = 16;
  private static final int LONGEST = 24;

  private ScaleCorpus() {}

  static Path write(Path file, long rows) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (long row = 0; row < rows; row++) {
        writer.write("{\"id\":\"%d\",\"prompt\":\"%s\"}\n".formatted(row, prompt(random)));
      }
    }
    return file;
  }

  private static String prompt(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    random
        .ints(random.nextInt(SHORTEST, LONGEST + 1), 'b', 'z' + 1)
        .forEach(letter -> text.append((char) letter));
    return text.toString();
  }
}
