package org.pyramidspark.job;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.pyramidspark.errors.InvalidInputException;

/** How Spark starts for a job. */
final class SparkSessions {
  private static final String EXECUTOR_FLAGS = "spark.executor.extraJavaOptions";

  private static final Pattern MASTER =
      Pattern.compile("local(\\[.+])?|local-cluster\\[.+]|spark://.+|yarn|k8s://.+");

  private SparkSessions() {}

  /**
   * Settings of a context for a job.
   *
   * @param master the user's choice; else that of {@code spark-submit}, else {@code local[*]}
   * @throws InvalidInputException if Spark does not know the master
   */
  static SparkConf conf(Optional<String> master, String appName) {
    SparkConf conf = new SparkConf();
    master.ifPresent(conf::setMaster);
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", appName);
    conf.set("spark.ui.showConsoleProgress", "false");
    conf.set(EXECUTOR_FLAGS, JvmOptions.ofExecutors(conf.get(EXECUTOR_FLAGS, "")));
    if (conf.get("spark.master").startsWith("local")) {
      // Heartbeats carry the rows of running tasks, and cost nothing within one JVM.
      conf.setIfMissing("spark.executor.heartbeatInterval", "500ms");
      // Its pages take a second to start, and the progress line says what they would.
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    checkMaster(conf.get("spark.master"));
    return conf;
  }

  /** Before Spark does it, with a stack trace. */
  private static void checkMaster(String master) {
    if (!MASTER.matcher(master).matches()) {
      throw InvalidInputException.of(
          "Master %s is not one that Spark knows; give local[N], spark://HOST:PORT, yarn or"
              + " k8s://URL.",
          master);
    }
  }
}
