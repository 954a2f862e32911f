package org.pyramidspark.job;

import java.nio.file.Files;
import java.nio.file.Path;

/** A whole Spark distribution, as a data engineer has it. */
final class SparkHome {
  private SparkHome() {}

  /** Its folder; tests fail without it, since a check that is skipped checks nothing. */
  static Path path() {
    String home = System.getProperty("pyramid.test.spark", System.getenv("PYRAMID_TEST_SPARK"));
    if (home == null || !Files.isExecutable(Path.of(home, "bin", "spark-submit"))) {
      throw new IllegalStateException(
          "There is no Spark distribution at '"
              + home
              + "'; run bin/test, which fetches one, or name its folder with"
              + " -Dpyramid.test.spark=FOLDER.");
    }
    return Path.of(home);
  }

  /** Python packages that PySpark's ML needs, beside the distribution; bin/test fetches them. */
  static Path python() {
    return path().resolve("python/packages");
  }
}
