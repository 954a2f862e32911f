package org.pyramidspark.executor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/** How many cores Spark has given to this JVM. */
final class ExecutorCores {
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[\\s*(\\d+|\\*)\\s*(?:,.*)?])?");

  private ExecutorCores() {}

  /** Whether they are those of the driver's own JVM. */
  static boolean areLocal(SparkConf conf) {
    return LOCAL.matcher(conf.get("spark.master", "")).matches();
  }

  /**
   * N of {@code local[N]}, else {@code spark.executor.cores}, else every core of the machine, as
   * the standalone master does.
   */
  static int of(SparkConf conf) {
    int all = Runtime.getRuntime().availableProcessors();
    Matcher local = LOCAL.matcher(conf.get("spark.master", ""));
    if (!local.matches()) {
      return conf.getInt("spark.executor.cores", all);
    }
    if (local.group(1) == null) {
      return 1;
    }
    return local.group(1).equals("*") ? all : Integer.parseInt(local.group(1));
  }
}
