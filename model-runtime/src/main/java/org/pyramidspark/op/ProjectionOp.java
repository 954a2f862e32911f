package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.TensorFlowNative.Invocation;
import org.pyramidspark.op.TensorFlowNative.NativeTensor;

/**
 * A MatMul of few rows as a TensorFlow custom op: {@code x} {@code [rows, in]} and {@code weight}
 * {@code [out, in]} of the compute type, to {@code y} {@code [rows, out]} of it or of float32.
 */
final class ProjectionOp {
  /** Bytes of weights that a task reads in one go; shorter ones interrupt the prefetching. */
  private static final long TASK_BYTES = 262_144;

  /** Tasks for each thread at least, so that a thread that lags does not keep all waiting. */
  private static final int TASKS_PER_THREAD = 2;

  private final ComputeType type;
  private final ProjectionKernel kernel;
  private final WorkerPool workers;

  ProjectionOp(ComputeType type, ProjectionKernel kernel, WorkerPool workers) {
    this.type = type;
    this.kernel = kernel;
    this.workers = workers;
  }

  void compute(ComputeType result, Invocation invocation) {
    try (NativeTensor x = invocation.input(0);
        NativeTensor weight = invocation.input(1)) {
      int rows = (int) x.size(0);
      int inputs = (int) x.size(1);
      int outputs = (int) weight.size(0);
      try (NativeTensor y =
          invocation.output(0, TensorFlowNative.number(result), result.bytes(), rows, outputs)) {
        project(rows, inputs, outputs, x.address(), weight.address(), y.address(), result);
      }
    }
  }

  private void project(
      int rows, int inputs, int outputs, long x, long weight, long y, ComputeType result) {
    long bytes = (long) type.bytes() * inputs * outputs;
    long tasks = Math.max(TASKS_PER_THREAD * workers.threads(), bytes / TASK_BYTES);
    int blocks = Math.ceilDiv(outputs / ProjectionKernel.OUTPUTS, (int) tasks);
    int together = blocks * ProjectionKernel.OUTPUTS;
    workers.run(
        Math.ceilDiv(outputs, together),
        (task, scratch) -> {
          int first = task * together;
          kernel.project(
              rows,
              inputs,
              Math.min(together, outputs - first),
              weight + (long) type.bytes() * first * inputs,
              x,
              y + (long) first * result.bytes(),
              (long) outputs * result.bytes(),
              result == ComputeType.BFLOAT16);
        });
  }
}
