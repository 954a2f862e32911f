package org.pyramidspark.job;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A real standalone cluster: a master and workers, each a process of its own, started from the jars
 * that Maven has put on this JVM's class path.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();

  private static final Pattern URL = Pattern.compile("Starting Spark master at (spark://\\S+)");

  private final Path home;
  private final Map<String, String> settings;
  private final List<Process> processes = new ArrayList<>();
  private String url;

  private StandaloneCluster(Path home, Map<String, String> settings) {
    this.settings = settings;
    this.home = home;
  }

  /**
   * Starts a master and workers of one core each.
   *
   * @param home an empty folder, for jars, logs and work
   */
  static StandaloneCluster start(Path home, int numWorkers)
      throws IOException, InterruptedException {
    return start(home, numWorkers, Map.of(), List.of());
  }

  /**
   * As {@link #start(Path, int)}.
   *
   * @param settings of Spark's, for the master and the workers
   * @param lastWorkersShell a command that runs the command after it: how the last worker starts
   */
  static StandaloneCluster start(
      Path home, int numWorkers, Map<String, String> settings, List<String> lastWorkersShell)
      throws IOException, InterruptedException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (Path jar : jars()) {
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
    }
    StandaloneCluster cluster = new StandaloneCluster(home, settings);
    try {
      cluster.start(numWorkers, lastWorkersShell);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      cluster.close();
      throw failure;
    }
    return cluster;
  }

  private void start(int numWorkers, List<String> lastWorkersShell)
      throws IOException, InterruptedException {
    launch(List.of(), "master.Master", "--host", HOST, "--port", "0", "--webui-port", "0");
    url = awaitMaster(processes.getFirst(), log(0));
    for (int i = 0; i < numWorkers; i++) {
      launch(
          i == numWorkers - 1 ? lastWorkersShell : List.of(),
          "worker.Worker",
          "--host",
          // Hosts of their own, for Spark lets no two attempts at a task run on one.
          "127.0.0." + (2 + i),
          "--cores",
          "1",
          "--memory",
          "2g",
          "--webui-port",
          "0",
          "--work-dir",
          home.resolve("work-" + i).toString(),
          url);
    }
  }

  String url() {
    return url;
  }

  /** Executors that run now. */
  List<ProcessHandle> executors() {
    return executorsOf(processes);
  }

  /** Waits until no executor runs: they end after their driver. */
  void awaitExecutorsEnd() throws InterruptedException {
    awaitExecutorsEnd(processes);
  }

  static void awaitExecutorsEnd(List<Process> daemons) throws InterruptedException {
    while (!executorsOf(daemons).isEmpty()) {
      Thread.sleep(50);
    }
  }

  /** JVMs that workers have started and that run now, and not what these start. */
  private static List<ProcessHandle> executorsOf(List<Process> daemons) {
    return daemons.stream()
        .flatMap(Process::descendants)
        .filter(StandaloneCluster::isExecutor)
        .filter(process -> !process.parent().map(StandaloneCluster::isExecutor).orElse(false))
        .toList();
  }

  private static boolean isExecutor(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
          .contains("CoarseGrainedExecutorBackend");
    } catch (IOException ended) {
      return false;
    }
  }

  /** Folders of classes on this JVM's class path, which executors need beside the jars. */
  static String classFolders() {
    return String.join(
        File.pathSeparator,
        classPath().filter(entry -> Files.isDirectory(Path.of(entry))).toList());
  }

  private static List<Path> jars() {
    return classPath().filter(entry -> entry.endsWith(".jar")).map(Path::of).toList();
  }

  private static Stream<String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  private void launch(List<String> shell, String daemon, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(shell);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(List.of("-Xmx256m", "-cp", home.resolve("jars") + "/*"));
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add("org.apache.spark.deploy." + daemon);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(processes.size()).toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    processes.add(builder.start());
  }

  private Path log(int daemon) {
    return home.resolve("daemon-%d.log".formatted(daemon));
  }

  /**
   * Waits until a master takes registrations: it listens before that, but those whom it does not
   * answer yet ask again after 20 seconds.
   *
   * @param log what it prints
   * @return its URL
   */
  static String awaitMaster(Process master, Path log) throws IOException, InterruptedException {
    while (master.isAlive()) {
      String printed = Files.readString(log);
      Matcher url = URL.matcher(printed);
      if (printed.contains("New state: ALIVE") && url.find()) {
        return url.group(1);
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("The master has ended: " + Files.readString(log));
  }

  @Override
  public void close() {
    for (Process process : processes.reversed()) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      process
          .onExit()
          .orTimeout(10, TimeUnit.SECONDS)
          .exceptionally(slow -> process.destroyForcibly())
          .join();
    }
  }
}
