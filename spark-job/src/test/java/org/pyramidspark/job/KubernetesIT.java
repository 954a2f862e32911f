package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pyramidspark.job.ScriptRun.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark's own Kubernetes client and scheduler make pods out of {@code deploy/kubernetes}; executors
 * are run, by the image's entry point, as processes of this machine.
 */
class KubernetesIT {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final String EXECUTOR = "spark-kubernetes-executor";

  @TempDir Path folder;
  private final List<Process> executors = new CopyOnWriteArrayList<>();
  private KubernetesApi api;

  @BeforeEach
  void start() throws IOException {
    api = KubernetesApi.start(this::runExecutor);
    Path nvidiaSmi = Files.createDirectories(folder.resolve("bin")).resolve("nvidia-smi");
    Files.writeString(nvidiaSmi, "#!/bin/sh\necho 0, GPU-aa\n");
    assertThat(nvidiaSmi.toFile().setExecutable(true)).isTrue();
  }

  @AfterEach
  void end() {
    executors.forEach(ScriptRun::end);
    api.close();
  }

  @Test
  void theJobsArgumentsMakeExecutorsThatCompleteACorpus() throws Exception {
    Path input = SmallCorpus.write(folder.resolve("in"));
    Path output = folder.resolve("out");
    List<String> command =
        submission("--conf", "spark.driver.host=127.0.0.1", "--deploy-mode", "client");
    command.addAll(gpuArguments());
    command.addAll(List.of("--", "--model", TestModel.write(folder).toString()));
    command.addAll(List.of("--input", input.toString(), "--output", output.toString()));
    command.addAll(List.of("--max-new-tokens", "2"));

    ScriptRun run = ScriptRun.of(folder, environment(), command);

    assertThat(run.exitCode()).as(run.shown() + logs()).isEqualTo(3);
    assertThat(CommandRun.rows(output))
        .hasSize(SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size());
    assertThat(executors).hasSize(1);
  }

  @Test
  void inClusterModeTheDriversPodIsTheTemplateAndItsOwn() throws Exception {
    List<String> command =
        submission(
            "--deploy-mode",
            "cluster",
            "--conf",
            "spark.kubernetes.submission.waitAppCompletion=false");
    command.addAll(List.of("--", "--model", "/models/model.gguf", "--input", "in"));
    command.addAll(List.of("--output", "out"));

    ScriptRun run = ScriptRun.of(folder, environment(), command);

    assertThat(run.exitCode()).as(run.shown()).isZero();
    assertThat(api.all("pods")).hasSize(1);
    JsonNode pod = api.all("pods").getFirst();
    JsonNode driver = container(pod, "spark-kubernetes-driver");
    checkPod(pod, driver, "3072Mi");
    assertThat(driver.get("args")).map(JsonNode::asText).startsWith("driver").contains("--class");
    assertThat(pod.at("/spec/serviceAccountName").asText()).isEqualTo("pyramid-spark");
  }

  /** As a node of the cluster would, but for the container around it. */
  private void runExecutor(JsonNode pod) {
    if (!pod.at("/metadata/labels/spark-role").asText().equals("executor")) {
      return;
    }
    JsonNode container = container(pod, EXECUTOR);
    checkPod(pod, container, "2048Mi");
    assertThat(container.at("/resources/limits").path("nvidia.com/gpu").asText()).isEqualTo("1");
    Map<String, String> environment = environment();
    for (JsonNode variable : container.get("env")) {
      String field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
      environment.put(
          variable.get("name").asText(),
          switch (field) {
            case "status.podIP" -> "127.0.0.1";
            case "metadata.name" -> pod.at("/metadata/name").asText();
            default -> variable.path("value").asText();
          });
    }
    environment.put("SPARK_CONF_DIR", folder.toString());
    environment.put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
    List<String> command = new ArrayList<>(List.of(script("deploy/kubernetes/entrypoint.sh")));
    container.get("args").forEach(word -> command.add(word.asText()));
    try {
      Path log = folder.resolve("executor-%d.log".formatted(executors.size()));
      executors.add(ScriptRun.start(log, log, environment, command));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What template and settings ask for. */
  private static void checkPod(JsonNode pod, JsonNode container, String memory) {
    assertThat(pod.at("/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/spec/volumes")).anyMatch(volume -> volume.has("persistentVolumeClaim"));
    assertThat(container.get("volumeMounts"))
        .anyMatch(mount -> mount.get("mountPath").asText().equals("/models"));
    assertThat(container.get("image").asText()).isEqualTo("pyramid-spark:0.1.0");
    assertThat(container.at("/resources/requests/memory").asText()).isEqualTo(memory);
    assertThat(container.at("/resources/limits/memory").asText()).isEqualTo(memory);
  }

  private static JsonNode container(JsonNode pod, String name) {
    for (JsonNode container : pod.at("/spec/containers")) {
      if (container.get("name").asText().equals(name)) {
        return container;
      }
    }
    throw new AssertionError("The pod has no container " + name + ": " + pod);
  }

  /** The example's settings, with small executors and without the image's paths. */
  private List<String> submission(String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                script("deploy/spark-submit.sh"),
                "--master",
                api.master(),
                "--properties-file",
                script("deploy/conf/kubernetes.conf")));
    Map.of(
            "spark.kubernetes.driver.podTemplateFile", script("deploy/kubernetes/driver-pod.yaml"),
            "spark.kubernetes.executor.podTemplateFile",
                script("deploy/kubernetes/executor-pod.yaml"),
            "spark.executor.instances", "1",
            "spark.executor.cores", "1",
            "spark.executor.memory", "1g",
            "spark.executor.memoryOverhead", "1g")
        .forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.addAll(List.of(more));
    return command;
  }

  /** Those of the example's Job, with the script where it is here and one task for the GPU. */
  private static List<String> gpuArguments() throws IOException {
    List<String> arguments = new ArrayList<>();
    for (JsonNode document : documents("job.yaml")) {
      for (JsonNode argument : document.at("/spec/template/spec/containers/0/args")) {
        if (argument.asText().contains(".resource.gpu.")) {
          String setting =
              argument.asText().replace("/opt/pyramid-spark", ScriptRun.DIST.toString());
          arguments.addAll(List.of("--conf", setting));
        }
      }
    }
    assertThat(arguments).hasSize(8);
    return arguments;
  }

  private static List<JsonNode> documents(String name) throws IOException {
    File file = Path.of(script("deploy/kubernetes/" + name)).toFile();
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file)) {
      return documents.readAll();
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("SPARK_HOME", SparkHome.path().toString());
    environment.put("PYRAMID_INSTALLED", ScriptRun.DIST.toString());
    environment.put("KUBECONFIG", folder.resolve("no-kubeconfig").toString());
    environment.put("PATH", folder.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
    return environment;
  }

  private String logs() throws IOException {
    StringBuilder logs = new StringBuilder();
    for (int i = 0; i < executors.size(); i++) {
      logs.append(Files.readString(folder.resolve("executor-%d.log".formatted(i))));
    }
    return logs.toString();
  }
}
