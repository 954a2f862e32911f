package org.pyramidspark.job;

import static org.pyramidspark.job.ScriptRun.script;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A standalone cluster as {@code deploy/standalone.sh} starts it, to which {@code
 * deploy/spark-submit.sh} submits.
 */
final class ScriptCluster implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  private final Path folder;
  private final Map<String, String> environment;
  private final List<Process> daemons = new ArrayList<>();
  private String url;

  private ScriptCluster(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /**
   * Starts a master and workers of one core each.
   *
   * @param folder for logs and work
   * @param environment of the scripts, beside this JVM's
   */
  static ScriptCluster start(Path folder, int numWorkers, Map<String, String> environment)
      throws IOException, InterruptedException {
    ScriptCluster cluster = new ScriptCluster(folder, environment);
    try {
      cluster.start(numWorkers);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      cluster.close();
      throw failure;
    }
    return cluster;
  }

  private void start(int numWorkers) throws IOException, InterruptedException {
    daemon("master", "--host", HOST, "--port", "0", "--webui-port", "0");
    url = StandaloneCluster.awaitMaster(daemons.getFirst(), folder.resolve("daemon-0.log"));
    for (int i = 0; i < numWorkers; i++) {
      daemon(
          "worker",
          url,
          "--host",
          HOST,
          "--cores",
          "1",
          "--memory",
          "2g",
          "--webui-port",
          "0",
          "--work-dir",
          folder.resolve("work-" + i).toString());
    }
  }

  /**
   * Submits a job to the cluster and waits for its end.
   *
   * @param sparkOptions for {@code spark-submit}, or a job's name
   */
  ScriptRun submit(List<String> sparkOptions, List<String> jobOptions) throws Exception {
    List<String> command = new ArrayList<>(List.of(script("deploy/spark-submit.sh")));
    command.addAll(sparkOptions);
    command.addAll(List.of("--master", url, "--"));
    command.addAll(jobOptions);
    return ScriptRun.of(folder, environment, command);
  }

  /** Waits until no executor runs: they end after their driver. */
  void awaitExecutorsEnd() throws InterruptedException {
    StandaloneCluster.awaitExecutorsEnd(daemons);
  }

  private void daemon(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(script("deploy/standalone.sh")));
    command.addAll(List.of(words));
    Path log = folder.resolve("daemon-%d.log".formatted(daemons.size()));
    daemons.add(ScriptRun.start(log, log, environment, command));
  }

  @Override
  public void close() {
    daemons.reversed().forEach(ScriptRun::end);
  }
}
