package org.pyramidspark.models;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A JVM that takes a model from a cache as soon as its input ends, and prints where it is. */
final class CachingProcess implements AutoCloseable {
  private final Process process;

  private CachingProcess(Process process) {
    this.process = process;
  }

  static CachingProcess start(Path cache, URI model, String sha256) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    CachingProcess.class.getName(),
                    cache.toString(),
                    model.toString(),
                    sha256))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getInputStream().read();
    return new CachingProcess(process);
  }

  public static void main(String[] args) throws Exception {
    ModelCache cache = new ModelCache(Path.of(args[0]), CountedFileSystem.settings());
    System.out.print("r");
    System.out.flush();
    System.in.readAllBytes();
    System.out.print(cache.file(URI.create(args[1]), args[2]));
  }

  /** Lets it go; returns at once. */
  void go() throws Exception {
    process.getOutputStream().close();
  }

  /** What it has printed, once it has ended. */
  String result() throws Exception {
    String printed = new String(process.getInputStream().readAllBytes());
    return process.waitFor() == 0 ? printed : "exit code " + process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
