package org.pyramidspark.executor;

import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.config.EngineOptions;

/** What the running task of Spark has of its executor. To be used by the task's own thread. */
public final class TaskScope {
  private TaskScope() {}

  /** Runs when the task ends, however it ends; what was given last runs first. */
  public static void atEnd(Runnable action) {
    TaskCompletionListener listener = context -> action.run();
    TaskContext.get().addTaskCompletionListener(listener);
  }

  /** As {@link ExecutorEngine#lease}, with the executor's cores and the GPU that the task has. */
  static ExecutorEngine.Lease lease(ModelReference model, EngineSettings engine)
      throws InterruptedException {
    return ExecutorEngine.lease(model, options(engine), executorId());
  }

  /** As {@link #lease}, and no other task has the engine meanwhile. */
  static ExecutorEngine.Lease leaseAlone(ModelReference model, EngineSettings engine)
      throws InterruptedException {
    return ExecutorEngine.leaseAlone(model, options(engine), executorId());
  }

  /** As {@link #lease}; alone where rows may have killed the JVM of an earlier attempt. */
  static ExecutorEngine.Lease lease(ModelReference model, EngineSettings engine, RowMarks marks)
      throws InterruptedException {
    return marks.hasSuspects() ? leaseAlone(model, engine) : lease(model, engine);
  }

  private static EngineOptions options(EngineSettings engine) {
    return engine.options(ExecutorCores.of(SparkEnv.get().conf()));
  }

  private static String executorId() {
    return SparkEnv.get().executorId();
  }
}
