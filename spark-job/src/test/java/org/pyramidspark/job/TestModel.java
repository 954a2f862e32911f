package org.pyramidspark.job;

import java.nio.file.Path;
import org.pyramidspark.checkpoint.TinyModel;

/**
 * The model that jobs are tested with: real in form and tiny, since a job does the same with any.
 */
final class TestModel {
  private TestModel() {}

  /** Writes it to a folder of the test. */
  static Path write(Path folder) {
    return TinyModel.standard().write(folder.resolve("model.gguf"));
  }
}
