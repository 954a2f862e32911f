package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;

/** The one list of JVM flags. */
class JvmOptionsTest {
  /** A package that JDK 24 removed: to open it gives a warning at every start. */
  private static final String REMOVED = "--add-opens=java.base/sun.security.action=ALL-UNNAMED";

  @Test
  void theListHoldsAllThatSparkItselfGives() {
    assertThat(JvmOptions.all())
        .containsAll(
            List.of(JavaModuleOptions.defaultModuleOptionArray()).stream()
                .filter(flag -> !flag.equals(REMOVED))
                .toList());
  }

  @Test
  void executorsGetNoFlagTwice() {
    List<String> own = List.of(JavaModuleOptions.defaultModuleOptionArray());
    assertThat(JvmOptions.ofExecutors("-Xss4m -XX:+UseZGC").split(" "))
        .startsWith("-Xss4m", "-XX:+UseZGC")
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(own);
    assertThat(JvmOptions.ofExecutors("")).doesNotStartWith(" ");
  }
}
