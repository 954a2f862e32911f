package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.op.TensorFlowNative.Invocation;
import org.pyramidspark.op.TensorFlowNative.NativeTensor;
import org.tensorflow.proto.DataType;

/**
 * What an engine computes between the MatMuls, as TensorFlow custom ops of one pass each:
 *
 * <pre>
 * PyramidEmbed          table T [vocabulary, hidden], ids int32 [rows], scale float32 [hidden]
 *                       -> residual float32 [rows, hidden], normed T [rows, hidden]
 * PyramidAddNorm        residual float32 [rows, hidden], delta D [rows, hidden], scale
 *                       -> residual, normed, of the same shapes
 * PyramidGatherAddNorm  residual float32 [rows, hidden], chosen int32 [rowsOn], delta D [rowsOn, hidden], scale
 *                       -> residual float32 [rowsOn, hidden], normed T [rowsOn, hidden]
 * PyramidSwiGlu         gateUp T [rows, 2 * intermediate] -> activated T [rows, intermediate]
 * </pre>
 *
 * <p>D is float32 where a MatMul of ours leaves its sums, T where TensorFlow's rounds them. What
 * goes into a MatMul, and what comes out of it, may have more rows: see {@link MatMulRows}.
 */
final class RowOps {
  /** Elements of one task: some ten microseconds, far more than handing it over costs. */
  private static final int TASK_ELEMENTS = 32_768;

  private final ModelConfig model;
  private final ComputeType type;
  private final WeightLayout embedding;
  private final RowKernels kernels;
  private final WorkerPool workers;
  private final MatMulRows matMulRows;

  /**
   * @param embedding how the table of embeddings lies
   */
  RowOps(
      ModelConfig model,
      ComputeType type,
      WeightLayout embedding,
      RowKernels kernels,
      WorkerPool workers,
      MatMulRows matMulRows) {
    this.matMulRows = matMulRows;
    this.model = model;
    this.type = type;
    this.embedding = embedding;
    this.kernels = kernels;
    this.workers = workers;
  }

  void embed(Invocation invocation) {
    try (NativeTensor table = invocation.input(0);
        NativeTensor ids = invocation.input(1);
        NativeTensor scale = invocation.input(2)) {
      long tableRows = table.address();
      long tokens = ids.address();
      normalise(
          invocation,
          (int) ids.size(0),
          scale.address(),
          type,
          row -> RowKernels.NO_RESIDUAL,
          (row, scratch) ->
              embedding(
                  tableRows, NativeMemory.ALL.get(NativeMemory.INT, tokens + 4L * row), scratch));
    }
  }

  /** Address of a token's row of the table, put together first if it does not lie in one piece. */
  private long embedding(long table, int token, KernelScratch scratch) {
    if (embedding == WeightLayout.OUT_IN) {
      return table + rowBytes() * token;
    }
    int width = model.hiddenSize();
    long row = scratch.memory((int) rowBytes());
    for (int i = 0; i < width; i++) {
      long at = embedding.index(type, width, model.vocabularySize(), i, token);
      Elements.put(type, row, i, Elements.at(type, table + at * type.bytes(), 0));
    }
    return row;
  }

  void addNorm(ComputeType deltaType, Invocation invocation) {
    try (NativeTensor residual = invocation.input(0);
        NativeTensor delta = invocation.input(1);
        NativeTensor scale = invocation.input(2)) {
      long residuals = residual.address();
      long deltas = delta.address();
      normalise(
          invocation,
          (int) residual.size(0),
          scale.address(),
          deltaType,
          row -> residuals + 4L * model.hiddenSize() * row,
          (row, scratch) -> deltas + rowBytes(deltaType) * row);
    }
  }

  void gatherAddNorm(ComputeType deltaType, Invocation invocation) {
    try (NativeTensor residual = invocation.input(0);
        NativeTensor chosen = invocation.input(1);
        NativeTensor delta = invocation.input(2);
        NativeTensor scale = invocation.input(3)) {
      long residuals = residual.address();
      long rows = chosen.address();
      long deltas = delta.address();
      normalise(
          invocation,
          (int) chosen.size(0),
          scale.address(),
          deltaType,
          row ->
              residuals
                  + 4L
                      * model.hiddenSize()
                      * NativeMemory.ALL.get(NativeMemory.INT, rows + 4L * row),
          (row, scratch) -> deltas + rowBytes(deltaType) * row);
    }
  }

  private long rowBytes() {
    return rowBytes(type);
  }

  private long rowBytes(ComputeType elements) {
    return (long) model.hiddenSize() * elements.bytes();
  }

  /** Address of a row. */
  private interface Rows {
    long address(int row);
  }

  /** Address of a row, which may lie in working memory. */
  private interface FoundRows {
    long address(int row, KernelScratch scratch);
  }

  private void normalise(
      Invocation invocation,
      int rows,
      long scale,
      ComputeType deltaType,
      Rows residual,
      FoundRows delta) {
    int width = model.hiddenSize();
    try (NativeTensor sum = invocation.output(0, DataType.DT_FLOAT_VALUE, 4, rows, width);
        NativeTensor normed = matMulRows.output(invocation, 1, type, rows, width)) {
      long sums = sum.address();
      long norms = normed.address();
      run(
          rows,
          width,
          (row, scratch) ->
              kernels.addNorm(
                  type,
                  deltaType,
                  width,
                  model.rmsNormEpsilon(),
                  residual.address(row),
                  delta.address(row, scratch),
                  scale,
                  sums + 4L * width * row,
                  norms + rowBytes() * row));
    }
  }

  void swiGlu(Invocation invocation) {
    int width = model.intermediateSize();
    try (NativeTensor gateUp = invocation.input(0)) {
      int rows = (int) gateUp.size(0);
      try (NativeTensor activated =
          invocation.output(0, TensorFlowNative.number(type), type.bytes(), rows, width)) {
        long bytes = (long) width * type.bytes();
        long source = gateUp.address();
        long target = activated.address();
        run(
            rows,
            width,
            (row, scratch) -> {
              long gate = source + 2 * bytes * row;
              kernels.swiGlu(type, width, gate, gate + bytes, target + bytes * row);
            });
      }
    }
  }

  private interface RowBody {
    void run(int row, KernelScratch scratch);
  }

  private void run(int rows, int width, RowBody body) {
    int together = Math.max(1, TASK_ELEMENTS / width);
    workers.run(
        Math.ceilDiv(rows, together),
        (task, scratch) -> {
          int to = Math.min(rows, (task + 1) * together);
          for (int row = task * together; row < to; row++) {
            body.run(row, scratch);
          }
        });
  }
}
