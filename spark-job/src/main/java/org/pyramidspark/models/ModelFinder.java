package org.pyramidspark.models;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.Machine;

/** Finds a model's file on this host. Stateless. */
public final class ModelFinder {
  private ModelFinder() {}

  /**
   * A model as the driver has found it.
   *
   * @param location as executors are to look for it
   * @param file the driver's copy
   */
  public record Found(ModelLocation location, Path file) {}

  /**
   * Finds a model on the driver, and copies it into the driver's cache if it is on a file system
   * that every host reaches.
   *
   * @param given a path, a URI, or the name of a file that the application brings
   * @throws InvalidInputException if it cannot be had
   */
  public static Found onDriver(String given, SparkContext spark) {
    SentFiles sent = SentFiles.of(spark);
    Configuration hadoop = hadoop(spark.conf());
    return switch (ModelLocation.of(given, sent.byName())) {
      case ModelLocation.OnEveryHost here -> new Found(here, here.file());
      case ModelLocation.WithFiles with -> new Found(with, sent.onDriver(with.name(), hadoop));
      case ModelLocation.Remote remote -> {
        URI qualified = ModelCache.qualified(remote.uri(), hadoop);
        yield new Found(
            new ModelLocation.Remote(qualified), ModelCache.standard(hadoop).file(qualified));
      }
    };
  }

  /**
   * Finds a model within a task.
   *
   * @param location as the driver has it
   * @param sha256 of the driver's copy
   * @throws InvalidInputException if it cannot be had; the message names the host
   */
  public static Path onExecutor(String location, String sha256) {
    return switch (ModelLocation.parse(location)) {
      case ModelLocation.OnEveryHost here ->
          present(
              here.file(), "copy the same file to every host, or give it by --files or hdfs://");
      case ModelLocation.WithFiles with ->
          present(Path.of(SparkFiles.get(with.name())), "give it to spark-submit by --files");
      case ModelLocation.Remote remote ->
          ModelCache.standard(hadoop(SparkEnv.get().conf())).file(remote.uri(), sha256);
    };
  }

  /**
   * Whether a model can be loaded before Spark runs: it is a file of this host and nothing else.
   *
   * @param conf of the application to come
   */
  public static boolean isLocal(String given, SparkConf conf) {
    return ModelLocation.of(given, SentFiles.of(conf).byName())
        instanceof ModelLocation.OnEveryHost;
  }

  private static Path present(Path file, String remedy) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of(
          "Model %s is not there on host %s; %s.", file, Machine.here().host(), remedy);
    }
    return file;
  }

  /** With the settings {@code spark.hadoop.*}, which executors have too. */
  private static Configuration hadoop(SparkConf conf) {
    return SparkHadoopUtil.get().newConfiguration(conf);
  }
}
