package org.pyramidspark.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.ReadmeExample;
import org.pyramidspark.RealModel;

/** The README's example for DJL users, as printed, on the real model. */
class DjlExampleTest {
  @TempDir Path folder;

  @Test
  void itAnswers() throws Exception {
    ReadmeExample example = ReadmeExample.of("djl");
    assertThat(example.language()).isEqualTo("java");
    String printed = example.runJava(folder.resolve("Ask.java"), RealModel.path().toString());
    assertThat(printed.lines()).hasSize(2);
    assertThat(printed.lines().toList().getFirst()).contains("Paris");
    assertThat(printed.lines().toList().getLast()).contains("Berlin");
  }

  @Test
  void theDependencyIsThisVersion() throws Exception {
    ReadmeExample example = ReadmeExample.of("djl-dependency");
    Matcher version =
        Pattern.compile("<artifactId>pyramid-spark</artifactId>\\s*<version>(.+?)</version>")
            .matcher(Files.readString(Path.of("..", "pom.xml")));
    assertThat(version.find()).isTrue();
    assertThat(example.text())
        .contains(
            "<groupId>org.pyramidspark</groupId>",
            "<artifactId>model-runtime</artifactId>",
            "<version>%s</version>".formatted(version.group(1)));
  }
}
