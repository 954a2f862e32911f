package org.pyramidspark.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Files that the application brings: those of {@code --files}, and of {@code SparkContext.addFile}.
 *
 * @param byName where each was when it was given
 */
record SentFiles(Map<String, String> byName) {
  /** Where spark-submit leaves those of {@code --files}; the last one under YARN. */
  private static final List<String> SETTINGS = List.of("spark.files", "spark.yarn.dist.files");

  static SentFiles of(SparkConf conf) {
    Map<String, String> byName = new LinkedHashMap<>();
    for (String setting : SETTINGS) {
      for (String file : conf.get(setting, "").split(",")) {
        add(byName, file.strip());
      }
    }
    return new SentFiles(byName);
  }

  static SentFiles of(SparkContext spark) {
    SentFiles files = of(spark.conf());
    CollectionConverters.asJava(spark.listFiles()).forEach(file -> add(files.byName, file));
    return files;
  }

  private static void add(Map<String, String> byName, String file) {
    if (!file.isEmpty()) {
      int renamed = file.lastIndexOf('#');
      String path = renamed < 0 ? file : file.substring(0, renamed);
      byName.putIfAbsent(
          renamed < 0 ? path.substring(path.lastIndexOf('/') + 1) : file.substring(renamed + 1),
          path);
    }
  }

  /**
   * The driver's copy: Spark puts one beside the driver, but under YARN, where that is done for a
   * driver in a container only, into its working folder.
   */
  Path onDriver(String name, Configuration hadoop) {
    return Optional.of(Path.of(SparkFiles.get(name)))
        .filter(Files::isRegularFile)
        .or(() -> Optional.of(Path.of(name).toAbsolutePath()).filter(Files::isRegularFile))
        .orElseGet(
            () ->
                switch (ModelLocation.of(byName.get(name), Map.of())) {
                  case ModelLocation.Remote(var uri) -> ModelCache.standard(hadoop).file(uri);
                  case ModelLocation.OnEveryHost(Path file) -> file;
                  case ModelLocation.WithFiles(String never) -> Path.of(never);
                });
  }
}
