package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code generate} in a process of its own, which can be killed. */
final class GenerateProcess implements AutoCloseable {
  private static final List<String> HERE =
      List.of("-Dspark.driver.host=127.0.0.1", "-Dspark.driver.bindAddress=127.0.0.1");

  private final Process process;
  private final Path log;

  private GenerateProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * @param log file that takes what it prints
   */
  static GenerateProcess start(Path log, List<String> arguments) throws IOException {
    return start(log, List.of(), arguments);
  }

  /**
   * @param log file that takes what it prints
   * @param flags of its JVM, beside the usual ones
   */
  static GenerateProcess start(Path log, List<String> flags, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmOptions.all());
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.addAll(flags);
    command.addAll(HERE);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(GenerateJob.class.getName());
    command.addAll(arguments);
    return start(log, new ProcessBuilder(command));
  }

  /**
   * As users start it: {@code bin/pyramid-spark generate} of the distribution.
   *
   * @param log file that takes what it prints
   * @param flags of its JVM, beside the launcher's
   */
  static GenerateProcess launch(Path log, List<String> flags, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(ScriptRun.script("bin/pyramid-spark"), "generate"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // The launcher cuts its variable at spaces, which flags may have.
    Path file = Path.of(log + ".flags");
    Files.write(
        file, Stream.concat(HERE.stream(), flags.stream()).map("\"%s\""::formatted).toList());
    builder.environment().put("PYRAMID_JAVA_OPTS", "@" + file);
    return start(log, builder);
  }

  private static GenerateProcess start(Path log, ProcessBuilder builder) throws IOException {
    return new GenerateProcess(
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
  }

  /** Waits until so many splits have been committed to a folder. */
  void awaitCommits(Path output, int splits) throws IOException, InterruptedException {
    while (RunFiles.wholeManifests(output).size() < splits) {
      checkAlive();
      Thread.sleep(20);
    }
  }

  /** Fails, with its log, if it has ended. */
  void checkAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException("It has ended: " + log());
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** As {@code kill -9}: nothing of it runs any more. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As {@code kill}, or Ctrl-C; waits until it has ended. */
  void terminate() throws InterruptedException {
    process.destroy();
    awaitEnd();
  }

  /** Waits for its end, and gives its exit code. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("It does not end.");
    }
    return process.exitValue();
  }

  /** What it has printed. */
  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
