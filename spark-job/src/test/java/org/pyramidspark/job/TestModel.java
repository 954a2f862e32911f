package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model that jobs are tested with. */
final class TestModel {
  private TestModel() {}

  /** A link to it in a folder of the test. */
  static Path write(Path folder) throws IOException {
    String model = System.getProperty("pyramid.test.model", System.getenv("PYRAMID_TEST_MODEL"));
    return Files.createSymbolicLink(folder.resolve("model.gguf"), Path.of(model));
  }
}
