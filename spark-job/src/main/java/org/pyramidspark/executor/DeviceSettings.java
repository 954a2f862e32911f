package org.pyramidspark.executor;

import java.io.Serializable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.pyramidspark.config.Device;
import org.pyramidspark.errors.InvalidInputException;

/**
 * What engines multiply on.
 *
 * @param device as wanted
 * @param gpusPerTask share of a GPU that Spark is to give to each task of a stage with engines, and
 *     to those alone; 0 to leave that to Spark's settings for all stages
 */
public record DeviceSettings(Device device, double gpusPerTask) implements Serializable {
  /** Whatever Spark assigns. */
  public static final DeviceSettings AUTO = new DeviceSettings(Device.AUTO, 0);

  public DeviceSettings {
    if (!(gpusPerTask >= 0 && gpusPerTask <= 1)) {
      throw InvalidInputException.of(
          "Option --gpus-per-task is %s; give a share over 0, up to 1: an engine uses one GPU.",
          gpusPerTask);
    }
  }

  /**
   * The same rows, in a stage whose tasks have their share of a GPU. Later stages have none.
   *
   * @throws InvalidInputException if the application's executors have no GPU
   */
  public <T> JavaRDD<T> stage(JavaRDD<T> rows) {
    if (gpusPerTask == 0) {
      return rows;
    }
    SparkConf conf = rows.context().getConf();
    if (ExecutorCores.areLocal(conf) || !conf.contains("spark.executor.resource.gpu.amount")) {
      throw InvalidInputException.of(
          "Option --gpus-per-task is %s, and executors of master %s have no GPUs to share; run on a"
              + " cluster with spark.executor.resource.gpu.amount=1, or leave it out.",
          gpusPerTask, conf.get("spark.master"));
    }
    TaskResourceRequests requests =
        new TaskResourceRequests()
            .cpus(conf.getInt("spark.task.cpus", 1))
            .resource("gpu", gpusPerTask);
    return rows.withResources(new ResourceProfileBuilder().require(requests).build());
  }
}
