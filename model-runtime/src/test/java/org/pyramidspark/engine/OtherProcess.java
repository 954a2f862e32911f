package org.pyramidspark.engine;

import java.io.IOException;
import java.nio.file.Path;

/** Runs a class of the tests in a JVM of its own. */
final class OtherProcess {
  private OtherProcess() {}

  /**
   * Waits for its end.
   *
   * @param main the class
   * @param heapBytes the most that its heap takes
   * @param log takes what it prints
   * @return its exit code
   */
  static int run(Class<?> main, long heapBytes, Path log, Path argument)
      throws IOException, InterruptedException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx" + heapBytes,
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            argument.toString())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start()
        .waitFor();
  }
}
