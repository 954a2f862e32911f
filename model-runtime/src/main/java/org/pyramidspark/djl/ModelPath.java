package org.pyramidspark.djl;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What DJL's repository gives as a model: a GGUF file, or a folder that has one. */
record ModelPath(Path path) {
  private static final String GGUF = ".gguf";

  /**
   * The model's file.
   *
   * @param name tells which, if the folder has several
   * @throws FileNotFoundException if there is none
   */
  Path file(String name) throws IOException {
    if (Files.isRegularFile(path)) {
      return path;
    }
    if (!Files.isDirectory(path)) {
      throw new FileNotFoundException(
          "Model %s does not exist; name a GGUF file, or a folder or an archive with one."
              .formatted(path));
    }
    List<Path> files = files();
    if (files.isEmpty()) {
      throw new FileNotFoundException(
          "Model folder %s has no GGUF file; put one there.".formatted(path));
    }
    return files.size() == 1 ? files.getFirst() : named(name, files);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.filter(file -> file.getFileName().toString().endsWith(GGUF)).sorted().toList();
    }
  }

  private Path named(String name, List<Path> files) throws FileNotFoundException {
    List<String> names = files.stream().map(file -> file.getFileName().toString()).toList();
    return Stream.of(name, name + GGUF)
        .filter(names::contains)
        .map(path::resolve)
        .findFirst()
        .orElseThrow(
            () ->
                new FileNotFoundException(
                    "Model folder %s has %d GGUF files (%s) and none is named %s; name one by"
                            .formatted(path, files.size(), String.join(", ", names), name)
                        + " optModelName, or by its path."));
  }
}
