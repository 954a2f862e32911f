package org.pyramidspark.op;

import java.util.List;
import java.util.Optional;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.machinecode.Processor;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * One engine's TensorFlow custom ops, whose kernels are Java: the cache op and what lies between
 * the MatMuls. They share the engine's threads.
 *
 * <p>Before each run of the graph the engine's thread says with {@link #begin} which sequences take
 * part; TensorFlow then calls the nodes one after another. One run at a time.
 */
public final class DecoderOps implements AutoCloseable {
  private final StepTimes times = new StepTimes();
  private final MatMulRows matMulRows = new MatMulRows();
  private final WorkerPool workers;
  private final CacheOp cache;
  private final RowOps rows;
  private final Optional<ProjectionOp> projection;
  private final long number;
  private volatile StepPart betweenKernels = StepPart.DISPATCH;

  /** Makes the ops of one engine and, at first in a process, registers them with TensorFlow. */
  public DecoderOps(ModelConfig model, EngineOptions options) {
    KernelChoice kernels = KernelChoice.of(options.kernel());
    this.workers = new WorkerPool(options.threads());
    this.cache =
        new CacheOp(model, options.computeType(), kernels.cache(), workers, times, matMulRows);
    this.projection =
        Optional.of(kernels)
            .filter(here -> options.matMulDevice().isHost())
            .flatMap(here -> here.projection(options.computeType()))
            .map(kernel -> new ProjectionOp(options.computeType(), kernel, workers));
    WeightLayout embedding = layout(model.hiddenSize(), model.vocabularySize());
    this.rows =
        new RowOps(model, options.computeType(), embedding, kernels.rows(), workers, matMulRows);
    this.number = OpRegistry.instance().add(this);
  }

  /**
   * Whether bfloat16 is faster here than float32: where the processor multiplies it, at twice the
   * rate, and where our products widen it, at the same rate out of half the memory.
   */
  public static boolean gainsByBfloat16() {
    return Processor.detect().vectors256();
  }

  CacheOp cache() {
    return cache;
  }

  RowOps rows() {
    return rows;
  }

  /** Where this engine's time went; the engine marks what is outside of the ops. */
  public StepTimes times() {
    return times;
  }

  /** What lies between two kernels is MatMul, unless these are kernels of ours too. */
  void startKernel() {
    times.mark(betweenKernels);
  }

  ProjectionOp projection() {
    return projection.orElseThrow();
  }

  /** Attention of the rows that go on, and which rows of the input these are. */
  public record Attention<T extends TType>(Output<T> context, Output<TInt32> rows) {}

  /** The residual stream, and its rows normalised for the next MatMul. */
  public record Normed<T extends TType>(Output<TFloat32> residual, Output<T> normed) {}

  /** Looks tokens up and normalises. */
  public <T extends TType> Normed<T> embed(
      Graph graph, String name, Operand<T> table, Operand<TInt32> ids, Operand<TFloat32> scale) {
    return normed(
        builder(graph, OpRegistry.EMBED, name)
            .addInput(table.asOutput())
            .addInput(ids.asOutput())
            .addInput(scale.asOutput()));
  }

  /** One layer's attention over the KV cache, out of its fused projection. */
  public <T extends TType> Attention<T> attend(
      Graph graph, String name, Operand<T> qkv, int layer) {
    var operation =
        builder(graph, OpRegistry.CACHE, name)
            .addInput(qkv.asOutput())
            .setAttr("layer", layer)
            .build();
    return new Attention<>(operation.output(0), operation.output(1));
  }

  /**
   * Adds to the residual stream and normalises.
   *
   * @param delta TBfloat16 or TFloat32
   * @param result what is normalised becomes
   */
  public <T extends TType> Normed<T> addNorm(
      Graph graph,
      String name,
      Operand<TFloat32> residual,
      Operand<?> delta,
      Operand<TFloat32> scale,
      Class<T> result) {
    return normed(
        typed(builder(graph, OpRegistry.ADD_NORM, name), "D", delta.type())
            .addInput(residual.asOutput())
            .addInput(delta.asOutput())
            .addInput(scale.asOutput())
            .setAttr("T", number(result)));
  }

  /** Drops the rows of the residual stream that are not chosen, then as {@link #addNorm}. */
  public <T extends TType> Normed<T> gatherAddNorm(
      Graph graph,
      String name,
      Operand<TFloat32> residual,
      Operand<TInt32> chosen,
      Operand<?> delta,
      Operand<TFloat32> scale,
      Class<T> result) {
    return normed(
        typed(builder(graph, OpRegistry.GATHER_ADD_NORM, name), "D", delta.type())
            .addInput(residual.asOutput())
            .addInput(chosen.asOutput())
            .addInput(delta.asOutput())
            .addInput(scale.asOutput())
            .setAttr("T", number(result)));
  }

  private static GraphOperationBuilder typed(
      GraphOperationBuilder builder, String attribute, Class<? extends TType> type) {
    return builder
        .setAttr("rounded", type == TBfloat16.class ? 1 : 0)
        .setAttr(attribute, number(type));
  }

  private static DataType number(Class<? extends TType> type) {
    return type == TBfloat16.class ? DataType.DT_BFLOAT16 : DataType.DT_FLOAT;
  }

  /** silu(gate) * up, of rows that hold both. */
  public <T extends TType> Output<T> swiGlu(Graph graph, String name, Operand<T> gateUp) {
    return builder(graph, OpRegistry.SWI_GLU, name).addInput(gateUp.asOutput()).build().output(0);
  }

  /**
   * Whether {@link #project} is there for a weight: on machines with AVX2, for sizes that are
   * multiples of what it reads at a time.
   */
  public boolean canProject(int in, int out) {
    return projection.map(ProjectionOp::kernel).stream()
        .anyMatch(kernel -> in % kernel.inputs() == 0 && out % kernel.outputs() == 0);
  }

  /** Whether {@link #project} is there for any weight. */
  public boolean projects() {
    return projection.isPresent();
  }

  /** Whether {@link #project} is faster than TensorFlow's MatMul for many rows too. */
  public boolean projectsManyRows() {
    return projection.stream().anyMatch(op -> op.kernel().takesManyRows());
  }

  /** How a weight lies that {@link #project} takes, and that may be looked up in. */
  public final WeightLayout layout(int in, int out) {
    return canProject(in, out) ? projection.orElseThrow().kernel().layout() : WeightLayout.OUT_IN;
  }

  /**
   * A MatMul: of few rows, up to some sixty faster than TensorFlow's; of any number where {@link
   * #projectsManyRows}.
   *
   * @param weight of shape {@code [out, in]}, in its {@link #layout}
   * @param outputs the weight's outputs, for which its layout may have more room
   * @param result TBfloat16 or TFloat32
   */
  public <U extends TType> Output<U> project(
      Graph graph, String name, Operand<?> x, Operand<?> weight, int outputs, Class<U> result) {
    return typed(builder(graph, OpRegistry.PROJECT, name), "U", result)
        .addInput(x.asOutput())
        .addInput(weight.asOutput())
        .setAttr("outputs", outputs)
        .build()
        .output(0);
  }

  private GraphOperationBuilder builder(Graph graph, String op, String name) {
    return graph.opBuilder(op, name, graph.baseScope()).setAttr("engine", number);
  }

  private static <T extends TType> Normed<T> normed(GraphOperationBuilder builder) {
    var operation = builder.build();
    return new Normed<>(operation.output(0), operation.output(1));
  }

  /**
   * Starts a step; the graph's next run computes it.
   *
   * @param decode whether it is one of generated tokens
   * @param leastRows rows that every MatMul gets at least, so that it sums in one order
   */
  public void begin(List<StepShare> shares, boolean decode, int leastRows) {
    cache.begin(shares);
    boolean ours = projectsManyRows() || decode && projects();
    workers.expectCloseCalls(ours);
    matMulRows.setLeast(leastRows);
    betweenKernels = ours ? StepPart.DISPATCH : StepPart.MATMUL;
  }

  /** Name of the kernels in use. */
  public String kernels() {
    return cache.kernels();
  }

  @Override
  public void close() {
    OpRegistry.instance().remove(number);
    workers.close();
  }
}
