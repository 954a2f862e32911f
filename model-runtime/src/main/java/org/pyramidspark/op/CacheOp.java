package org.pyramidspark.op;

import java.util.List;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.op.TensorFlowNative.Invocation;
import org.pyramidspark.op.TensorFlowNative.NativeTensor;
import org.tensorflow.proto.DataType;

/**
 * One engine's PyramidCache op: in each layer it rotates, appends to the sequences' KV caches,
 * attends, scores the recent rows and selects the pivotal context.
 *
 * <pre>
 * input  qkv      T     [rows, (heads + 2 * kvHeads) * headSize]  packed rows of all sequences
 * output context  T     [rowsOn, heads * headSize]                attention of the rows that go on
 * output rows     int32 [rowsOn]                                  which rows of the input these are
 * </pre>
 */
final class CacheOp {
  private final ModelConfig model;
  private final ComputeType computeType;
  private final CacheKernels kernels;
  private final WorkerPool workers;
  private final StepTimes times;
  private final MatMulRows matMulRows;
  private final RotaryTable rotary;
  private volatile CacheStep step;

  CacheOp(
      ModelConfig model,
      ComputeType computeType,
      CacheKernels kernels,
      WorkerPool workers,
      StepTimes times,
      MatMulRows matMulRows) {
    this.model = model;
    this.computeType = computeType;
    this.kernels = kernels;
    this.workers = workers;
    this.times = times;
    this.matMulRows = matMulRows;
    this.rotary = RotaryTable.of(model);
  }

  /** Starts a step; the graph's next run computes it. */
  void begin(List<StepShare> shares) {
    step = new CacheStep(kernels, workers, times, model.numLayers(), shares);
  }

  /** Name of the kernels in use. */
  String kernels() {
    return kernels.name();
  }

  /** Computes one layer's node. */
  void compute(int layer, Invocation invocation) {
    CacheStep current = step;
    int rowsOn = current.rowsOn(layer);
    try (NativeTensor qkv = invocation.input(0);
        NativeTensor context =
            matMulRows.output(invocation, 0, computeType, rowsOn, model.attentionSize());
        NativeTensor rows = invocation.output(1, DataType.DT_INT32_VALUE, 4, rowsOn)) {
      if (!matMulRows.matches(qkv, current.positions().length) || qkv.size(1) != model.qkvSize()) {
        throw new IllegalStateException(
            "The projection is %d x %d, the step has %d x %d."
                .formatted(qkv.size(0), qkv.size(1), current.positions().length, model.qkvSize()));
      }
      int[] remaining =
          current.run(
              layer,
              new ProjectedRows(model, computeType, qkv.address(), current.positions(), rotary),
              new ContextRows(model, computeType, context.address()));
      long target = rows.address();
      for (int i = 0; i < remaining.length; i++) {
        NativeMemory.ALL.set(NativeMemory.INT, target + 4L * i, remaining[i]);
      }
      times.mark(StepPart.SELECTION);
    }
  }
}
