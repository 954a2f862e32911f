package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.ProjectionKernel.Product;
import org.pyramidspark.op.TensorFlowNative.Invocation;
import org.pyramidspark.op.TensorFlowNative.NativeTensor;

/**
 * A MatMul as a TensorFlow custom op: {@code x} {@code [rows, in]} and {@code weight} of the
 * compute type, of shape {@code [out, in]} whatever its {@link WeightLayout}, to {@code y} {@code
 * [rows, out]} of it or of float32.
 */
final class ProjectionOp {
  /** Bytes of weights that a task reads in one go; shorter ones interrupt the prefetching. */
  private static final long TASK_BYTES = 262_144;

  /** Tasks for each thread at least, so that a thread that lags does not keep all waiting. */
  private static final int TASKS_PER_THREAD = 2;

  /** Rows of a task at most: what fits the second-level cache beside the weights. */
  private static final int MOST_ROWS = 96;

  private final ComputeType type;
  private final ProjectionKernel kernel;
  private final WorkerPool workers;

  ProjectionOp(ComputeType type, ProjectionKernel kernel, WorkerPool workers) {
    this.type = type;
    this.kernel = kernel;
    this.workers = workers;
  }

  ProjectionKernel kernel() {
    return kernel;
  }

  /**
   * Computes a node.
   *
   * @param outputs the weight's outputs; its tensor may have room for more
   */
  void compute(int outputs, ComputeType result, Invocation invocation) {
    try (NativeTensor x = invocation.input(0);
        NativeTensor weight = invocation.input(1)) {
      int rows = (int) x.size(0);
      int inputs = (int) x.size(1);
      try (NativeTensor y =
          invocation.output(0, TensorFlowNative.number(result), result.bytes(), rows, outputs)) {
        project(
            new Product(
                rows,
                inputs,
                outputs,
                weight.address(),
                x.address(),
                y.address(),
                (long) outputs * result.bytes(),
                result == ComputeType.BFLOAT16));
      }
    }
  }

  /** Cut into tasks of some rows and some outputs. */
  private void project(Product all) {
    int rowBlocks = Math.ceilDiv(all.rows(), MOST_ROWS);
    int rows = Math.ceilDiv(all.rows(), rowBlocks);
    int outputs = outputs(all, rowBlocks);
    int outputBlocks = Math.ceilDiv(all.outputs(), outputs);
    workers.run(
        rowBlocks * outputBlocks,
        (task, scratch) -> {
          int row = task / outputBlocks * rows;
          int output = task % outputBlocks * outputs;
          kernel.project(
              part(
                  all,
                  row,
                  Math.min(rows, all.rows() - row),
                  output,
                  Math.min(outputs, all.outputs() - output)),
              scratch);
        });
  }

  private int outputs(Product all, int rowBlocks) {
    long bytes = (long) type.bytes() * all.inputs() * all.outputs();
    long tasks = Math.max(TASKS_PER_THREAD * workers.threads(), bytes / TASK_BYTES);
    int blocks =
        Math.ceilDiv(
            Math.ceilDiv(all.outputs(), kernel.outputsTogether()),
            Math.ceilDiv((int) tasks, rowBlocks));
    return blocks * kernel.outputsTogether();
  }

  private Product part(Product all, int row, int rows, int output, int outputs) {
    int outputBytes = all.rounded() ? 2 : 4;
    return new Product(
        rows,
        all.inputs(),
        outputs,
        all.weight() + (long) type.bytes() * output * all.inputs(),
        all.x() + (long) type.bytes() * row * all.inputs(),
        all.y() + row * all.yStride() + (long) output * outputBytes,
        all.yStride(),
        all.rounded());
  }
}
