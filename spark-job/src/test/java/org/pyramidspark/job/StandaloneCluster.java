package org.pyramidspark.job;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A real standalone cluster: a master and workers, each a process of its own, started from the jars
 * that Maven has put on this JVM's class path.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();

  private final Path home;
  private final int port;
  private final Map<String, String> settings;
  private final List<Process> processes = new ArrayList<>();

  private StandaloneCluster(Path home, int port, Map<String, String> settings) {
    this.settings = settings;
    this.home = home;
    this.port = port;
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
    StandaloneCluster cluster = new StandaloneCluster(home, freePort(), settings);
    cluster.launch(
        List.of(),
        "master.Master",
        "--host",
        HOST,
        "--port",
        "" + cluster.port,
        "--webui-port",
        "0");
    cluster.awaitMaster();
    for (int i = 0; i < numWorkers; i++) {
      cluster.launch(
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
          cluster.url());
    }
    return cluster;
  }

  String url() {
    return "spark://%s:%d".formatted(HOST, port);
  }

  /** Executors that run now: JVMs that workers have started, and not what these start. */
  List<ProcessHandle> executors() {
    return processes.stream()
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
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add("org.apache.spark.deploy." + daemon);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("daemon-%d.log".formatted(processes.size())).toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    processes.add(builder.start());
  }

  private void awaitMaster() throws InterruptedException {
    awaitServer(processes.getFirst(), port, home);
  }

  /**
   * Waits until a process listens.
   *
   * @param logs where to look if it ends instead
   */
  static void awaitServer(Process server, int port, Path logs) throws InterruptedException {
    while (server.isAlive()) {
      try (Socket socket = new Socket(HOST, port)) {
        return;
      } catch (IOException notYet) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("The server has ended; its log is in " + logs);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
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
