package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that was run in a process of its own.
 *
 * @param exitCode what it ended with
 * @param out what it printed
 * @param err what it complained about
 */
record ScriptRun(int exitCode, String out, String err) {
  /** As an exit code: it did not end by itself. */
  static final int HANGS = -1;

  private static final int MOST_MINUTES = 5;

  /** Where the build has put the distribution. */
  static final Path DIST = Path.of(System.getProperty("pyramid.test.dist"));

  /**
   * Runs it to the end, or until it is clear that it hangs.
   *
   * @param folder for what it prints
   * @param environment added to this JVM's
   */
  static ScriptRun of(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".log");
    Path err = Files.createTempFile(folder, "err", ".log");
    Process process = start(out, err, environment, command);
    boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      end(process);
    }
    return new ScriptRun(
        ended ? process.exitValue() : HANGS, Files.readString(out), Files.readString(err));
  }

  /** Starts it beside its log, with the JDK of this JVM for whatever it starts. */
  static Process start(Path out, Path err, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(out.getParent().toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** A script of the distribution. */
  static String script(String path) {
    return DIST.resolve(path).toString();
  }

  /** Ends a process and all that it has started. */
  static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  /** All that it printed, for the message of a test that fails. */
  String shown() {
    return out + err;
  }
}
