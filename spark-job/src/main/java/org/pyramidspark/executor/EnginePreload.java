package org.pyramidspark.executor;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.pyramidspark.models.ModelFinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the model while Spark starts and the corpus is scanned, where the driver's JVM is the
 * executor too. The first task finds the engine there, or waits for the rest of the load.
 */
public final class EnginePreload {
  private static final Logger LOG = LoggerFactory.getLogger(EnginePreload.class);

  /** What Spark calls the driver as an executor. */
  private static final String DRIVER = "driver";

  private EnginePreload() {}

  /**
   * Begins to load in the background; does nothing where executors are other processes, or where
   * the model comes from elsewhere.
   *
   * @param model as the user has given it
   */
  public static void start(String model, EngineSettings engine, SparkConf conf) {
    if (ExecutorCores.areLocal(conf) && ModelFinder.isLocal(model, conf)) {
      Thread.ofPlatform()
          .daemon()
          .name("engine-preload")
          .start(() -> load(Path.of(model).toAbsolutePath(), engine, ExecutorCores.of(conf)));
    }
  }

  private static void load(Path model, EngineSettings engine, int numCores) {
    try {
      ExecutorEngine.preload(model.toString(), engine.options(numCores), DRIVER);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | LinkageError failure) {
      // The job says it: it opens the same file, and its first task loads the same engine.
      LOG.debug("The model could not be loaded ahead", failure);
    }
  }
}
