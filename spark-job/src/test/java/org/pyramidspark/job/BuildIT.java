package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pyramidspark.job.ScriptRun.script;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/pyramid-spark build}, in a checkout whose Maven is a stand-in, and its profile. */
class BuildIT {
  @TempDir Path folder;

  @Test
  void theDistributionHasTheNativesThatAreAskedForAndKeepsThem() throws Exception {
    checkout();
    assertThat(built("build")).endsWith("package").doesNotContain("-P");
    assertThat(built("build", "--gpu")).contains("-P gpu").endsWith("package");

    Files.delete(folder.resolve("dist/pyramid-spark-0/BUILT"));
    ScriptRun other = run("--version");
    assertThat(Files.readString(folder.resolve("asked"))).as(other.shown()).contains("-P gpu");

    assertThat(built("build")).doesNotContain("-P");
  }

  private String built(String... words) throws Exception {
    ScriptRun run = run(words);
    assertThat(run.exitCode()).as(run.shown()).isZero();
    assertThat(run.out().strip())
        .isEqualTo(folder.toRealPath().resolve("dist/pyramid-spark-0").toString());
    return Files.readString(folder.resolve("asked")).strip();
  }

  @Test
  void wrongUsageIsOneSentence() throws Exception {
    checkout();
    ScriptRun run = run("build", "--tpu");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("build [--gpu]").hasLineCount(1);
    ScriptRun dist =
        ScriptRun.of(folder, Map.of(), List.of(script("bin/pyramid-spark"), "build", "--gpu"));
    assertThat(dist.exitCode()).isEqualTo(2);
    assertThat(dist.err()).contains("no sources").hasLineCount(1);
  }

  /** Without the natives themselves, which are half a gigabyte. */
  @Test
  void theProfileResolvesToTheGpuNatives() throws Exception {
    Path sources = ScriptRun.DIST.getParent().getParent();
    Path tree = folder.resolve("tree");
    ScriptRun run =
        ScriptRun.of(
            folder,
            Map.of(),
            List.of(
                "mvn",
                "-q",
                "-B",
                "-f",
                sources.resolve("model-runtime/pom.xml").toString(),
                "-P",
                "gpu",
                "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:tree",
                "-Dincludes=org.tensorflow",
                "-DoutputFile=" + tree));
    assertThat(run.exitCode()).as(run.shown()).isZero();
    assertThat(Files.readString(tree))
        .containsPattern("tensorflow-core-native:jar:linux-x86_64-gpu:[0-9.]+:runtime")
        .doesNotContain(":linux-x86_64:");
  }

  /** What the launcher looks at, and a Maven that leaves what it is asked for. */
  private void checkout() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String name : List.of("pyramid-spark", "jdk.sh")) {
      Files.copy(ScriptRun.DIST.resolve("bin").resolve(name), bin.resolve(name));
    }
    for (String source :
        List.of("model-runtime/src/main", "spark-job/src/main", "conf", "datasets", "deploy")) {
      Files.createDirectories(folder.resolve(source));
    }
    for (String pom : List.of("pom.xml", "model-runtime/pom.xml", "spark-job/pom.xml")) {
      Files.createFile(folder.resolve(pom));
    }
    Path maven = Files.createDirectory(folder.resolve("maven")).resolve("mvn");
    Files.writeString(
        maven,
        """
        #!/bin/sh
        echo "$*" >asked
        lib=dist/pyramid-spark-0/lib
        rm -rf dist && mkdir -p $lib && touch dist/pyramid-spark-0/BUILT
        case "$*" in
          *gpu*) touch $lib/tensorflow-core-native-1.1.0-linux-x86_64-gpu.jar ;;
          *) touch $lib/tensorflow-core-native-1.1.0-linux-x86_64.jar ;;
        esac
        """);
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }

  private ScriptRun run(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(folder.resolve("bin/pyramid-spark").toString()));
    command.addAll(List.of(words));
    String path = folder.resolve("maven") + File.pathSeparator + System.getenv("PATH");
    return ScriptRun.of(folder, Map.of("PATH", path), command);
  }
}
