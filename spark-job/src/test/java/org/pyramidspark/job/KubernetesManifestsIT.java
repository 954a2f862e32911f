package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of {@code deploy/kubernetes} against Kubernetes' own schema and against each other. */
class KubernetesManifestsIT {
  private static final Path FOLDER = ScriptRun.DIST.resolve("deploy/kubernetes");
  private static final String HOME = "/opt/pyramid-spark";
  private static final Map<String, Class<? extends KubernetesResource>> KINDS =
      Map.of(
          "Pod", Pod.class,
          "Namespace", Namespace.class,
          "ServiceAccount", ServiceAccount.class,
          "Role", Role.class,
          "RoleBinding", RoleBinding.class,
          "PersistentVolumeClaim", PersistentVolumeClaim.class,
          "Job", Job.class);
  private static final ObjectMapper STRICT =
      new ObjectMapper(new YAMLFactory()).setAnnotationIntrospector(new NoOtherFields());

  /** The schema's classes keep fields that they do not know; here these are errors. */
  private static final class NoOtherFields extends JacksonAnnotationIntrospector {
    @Override
    public Boolean hasAnySetter(Annotated member) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "driver-pod.yaml, spark-kubernetes-driver",
    "executor-pod.yaml, spark-kubernetes-executor"
  })
  void aTemplateIsAPodWithSparksContainer(String file, String container) throws IOException {
    List<KubernetesResource> resources = read(file);
    assertThat(resources).hasSize(1);
    PodSpec pod = ((Pod) resources.getFirst()).getSpec();
    assertThat(pod.getContainers()).extracting(Container::getName).containsExactly(container);
    checkPod(pod);
  }

  @Test
  void theJobsPartsFitTogether() throws IOException {
    List<KubernetesResource> resources = read("job.yaml");
    Job job = only(resources, Job.class);
    PodSpec pod = job.getSpec().getTemplate().getSpec();
    checkPod(pod);
    assertThat(job.getSpec().getBackoffLimit()).isZero();
    assertThat(pod.getServiceAccountName())
        .isEqualTo(only(resources, ServiceAccount.class).getMetadata().getName())
        .isEqualTo(only(resources, RoleBinding.class).getSubjects().getFirst().getName());
    assertThat(only(resources, RoleBinding.class).getRoleRef().getName())
        .isEqualTo(only(resources, Role.class).getMetadata().getName());
    assertThat(only(resources, PersistentVolumeClaim.class).getMetadata().getName())
        .isEqualTo(pod.getVolumes().getFirst().getPersistentVolumeClaim().getClaimName());
    List<String> arguments = pod.getContainers().getFirst().getArgs();
    assertThat(arguments).contains("spark.executor.resource.gpu.amount=1");
    assertThat(arguments)
        .filteredOn(argument -> argument.contains(HOME))
        .allSatisfy(argument -> assertThat(inDistribution(argument)).exists());
  }

  private static void checkPod(PodSpec pod) {
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    List<String> volumes = pod.getVolumes().stream().map(Volume::getName).toList();
    assertThat(pod.getContainers())
        .flatExtracting(Container::getVolumeMounts)
        .allMatch(VolumeMount::getReadOnly)
        .extracting(VolumeMount::getName)
        .containsExactlyElementsOf(volumes);
  }

  @Test
  void theImageIsMadeOfWhatIsThere() throws IOException {
    List<String> lines = Files.readAllLines(FOLDER.resolve("Dockerfile"));
    assertThat(lines).contains("USER 185").noneMatch(line -> line.startsWith("ADD"));
    assertThat(lines)
        .filteredOn(line -> line.startsWith("COPY --from=spark "))
        .hasSize(2)
        .allSatisfy(line -> assertThat(SparkHome.path().resolve(line.split(" ")[2])).isDirectory());
    assertThat(lines)
        .filteredOn(line -> line.startsWith("ENTRYPOINT"))
        .singleElement()
        .satisfies(line -> assertThat(inDistribution(line)).isExecutable());
  }

  /** Where a path of the image, somewhere in a text, is in the distribution. */
  private static Path inDistribution(String text) {
    String path = text.substring(text.indexOf(HOME) + HOME.length()).replaceAll("\"]$", "");
    return Path.of(ScriptRun.DIST + path);
  }

  private static <T> T only(List<KubernetesResource> resources, Class<T> kind) {
    List<T> found = resources.stream().filter(kind::isInstance).map(kind::cast).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static List<KubernetesResource> read(String file) throws IOException {
    List<KubernetesResource> resources = new ArrayList<>();
    Path path = FOLDER.resolve(file);
    try (var documents = STRICT.readerFor(JsonNode.class).<JsonNode>readValues(path.toFile())) {
      for (JsonNode document : documents.readAll()) {
        resources.add(STRICT.treeToValue(document, KINDS.get(document.get("kind").asText())));
      }
    }
    return resources;
  }
}
