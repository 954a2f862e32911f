package org.pyramidspark.op;

import java.util.List;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.op.TensorFlowNative.Invocation;
import org.pyramidspark.op.TensorFlowNative.NativeTensor;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * One engine's PyramidCache op: a TensorFlow custom op whose kernel is Java. In each layer it
 * rotates, appends to the sequences' KV caches, attends, scores the recent rows and selects the
 * pivotal context.
 *
 * <pre>
 * input  qkv      T     [rows, (heads + 2 * kvHeads) * headSize]  packed rows of all sequences
 * output context  T     [rowsOn, heads * headSize]                attention of the rows that go on
 * output rows     int32 [rowsOn]                                  which rows of the input these are
 * </pre>
 *
 * <p>Before each run of the graph the engine's thread says with {@link #begin} which sequences take
 * part; TensorFlow then calls the layers one after another. One run at a time.
 */
public final class CacheOp implements AutoCloseable {
  private final ModelConfig model;
  private final ComputeType computeType;
  private final CacheKernels kernels;
  private final WorkerPool workers;
  private final RotaryTable rotary;
  private final long number;
  private volatile CacheStep step;

  /** Makes the op of one engine and, at first in a process, registers it with TensorFlow. */
  public CacheOp(ModelConfig model, EngineOptions options) {
    this.model = model;
    this.computeType = options.computeType();
    this.kernels = KernelChoice.of(options.kernel());
    this.workers = new WorkerPool(options.threads());
    this.rotary = RotaryTable.of(model);
    this.number = CacheOpRegistry.instance().add(this);
  }

  /** What the op gives for one layer. */
  public record Outputs<T extends TType>(Output<T> context, Output<TInt32> rows) {}

  /**
   * Adds one layer's node to a graph.
   *
   * @param qkv the fused projection
   */
  public <T extends TType> Outputs<T> add(Graph graph, Operand<T> qkv, int layer) {
    var operation =
        graph
            .opBuilder(CacheOpRegistry.OP, "pyramid_cache_" + layer, graph.baseScope())
            .addInput(qkv.asOutput())
            .setAttr("op", number)
            .setAttr("layer", layer)
            .build();
    return new Outputs<>(operation.output(0), operation.output(1));
  }

  /** Starts a step; the graph's next run computes it. */
  public void begin(List<StepShare> shares) {
    step = new CacheStep(kernels, workers, model.numLayers(), shares);
  }

  /** Name of the kernels in use. */
  public String kernels() {
    return kernels.name();
  }

  /** Computes one layer's node. */
  void compute(int layer, Invocation invocation) {
    CacheStep current = step;
    int rowsOn = current.rowsOn(layer);
    try (NativeTensor qkv = invocation.input(0);
        NativeTensor context =
            invocation.output(0, qkv.type(), computeType.bytes(), rowsOn, model.attentionSize());
        NativeTensor rows = invocation.output(1, DataType.DT_INT32_VALUE, 4, rowsOn)) {
      if (qkv.size(0) != current.positions().length || qkv.size(1) != model.qkvSize()) {
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
    }
  }

  @Override
  public void close() {
    CacheOpRegistry.instance().remove(number);
    workers.close();
  }
}
