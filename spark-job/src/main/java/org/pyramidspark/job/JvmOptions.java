package org.pyramidspark.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** The flags of {@code conf/jvm.options}, which the build puts into the jar. */
final class JvmOptions {
  private static final String RESOURCE = "/jvm.options";

  private JvmOptions() {}

  /** All flags. */
  static List<String> all() {
    try (InputStream in = JvmOptions.class.getResourceAsStream(RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("-"))
          .toList();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /**
   * Java options of executors: those given, and the flags that neither they nor Spark, which gives
   * its executors some of its own, have already.
   */
  static String ofExecutors(String given) {
    List<String> there =
        Stream.of(given.split("\\s+"), JavaModuleOptions.defaultModuleOptionArray())
            .flatMap(Stream::of)
            .toList();
    Stream<String> missing = all().stream().filter(flag -> !there.contains(flag));
    return String.join(" ", Stream.concat(Stream.of(given), missing).toList()).strip();
  }
}
