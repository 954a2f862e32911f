package org.pyramidspark;

import java.nio.file.Files;
import java.nio.file.Path;

/** The real model that golden numbers were made with. */
public final class RealModel {
  private RealModel() {}

  /** The GGUF file; tests fail without it, since a check that is skipped checks nothing. */
  public static Path path() {
    String named = System.getProperty("pyramid.test.model", System.getenv("PYRAMID_TEST_MODEL"));
    if (named == null || !Files.isRegularFile(Path.of(named))) {
      throw new IllegalStateException(
          "The real model is not at '"
              + named
              + "'; run bin/test, which fetches it, or name its file with -Dpyramid.test.model=FILE.");
    }
    return Path.of(named);
  }
}
