package org.pyramidspark.op;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * A product with weights as an engine computes it: few rows by the op for them where the machine
 * has it, many by TensorFlow's MatMul. The weights of few rows are more than any processor's cache.
 */
@State(Scope.Benchmark)
public class ProjectionBenchmark {
  /** Rows up to which weights, not arithmetic, take the time. */
  private static final int MOST_FEW_ROWS = 32;

  @Param({"1", "8", "2048"})
  int rows;

  private Graph graph;
  private Session session;
  private DecoderOps ops;
  private Operand<?> product;

  static boolean isFew(int rows) {
    return rows <= MOST_FEW_ROWS;
  }

  private static int inputs(int rows) {
    return isFew(rows) ? 4096 : BenchmarkModel.config().hiddenSize();
  }

  private static int outputs(int rows) {
    return isFew(rows) ? 16_384 : 2 * BenchmarkModel.config().intermediateSize();
  }

  /** Bytes of the weights. */
  static double bytes(int rows) {
    return (double) inputs(rows) * outputs(rows) * BenchmarkModel.computeType().bytes();
  }

  /** Floating-point operations of one call. */
  static double operations(int rows) {
    return 2.0 * rows * inputs(rows) * outputs(rows);
  }

  @Setup
  public void build() {
    ComputeType type = BenchmarkModel.computeType();
    int threads = BenchmarkModel.threads();
    EngineOptions options = EngineOptions.defaults().withThreads(threads);
    ops = new DecoderOps(BenchmarkModel.config(), options.withTypes(type, options.kvType()));
    graph = new Graph();
    session =
        new Session(
            graph,
            ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(threads)
                .setInterOpParallelismThreads(1)
                .build());
    product =
        switch (type) {
          case FLOAT32 -> product(TFloat32.class);
          case BFLOAT16 -> product(TBfloat16.class);
        };
  }

  private <T extends TNumber> Operand<T> product(Class<T> type) {
    Ops tf = Ops.create(graph);
    Operand<T> x = variable(tf, type, "x", rows, inputs(rows));
    int in = inputs(rows);
    int out = outputs(rows);
    boolean ours = (isFew(rows) || ops.projectsManyRows()) && ops.canProject(in, out);
    // Ours reads weights by outputs; TensorFlow is faster with [in, out].
    return ours
        ? ops.project(graph, "product", x, variable(tf, type, "w", out, in), out, type)
        : tf.linalg.matMul(x, variable(tf, type, "w", in, out));
  }

  private <T extends TNumber> Operand<T> variable(
      Ops tf, Class<T> type, String name, int height, int width) {
    VarHandleOp handle =
        tf.varHandleOp(type, Shape.of(height, width), VarHandleOp.sharedName(name));
    Operand<T> ones =
        tf.dtypes.cast(tf.fill(tf.constant(new int[] {height, width}), tf.constant(1f)), type);
    session.runner().addTarget(tf.assignVariableOp(handle, ones)).run().close();
    return tf.readVariableOp(handle, type);
  }

  @Benchmark
  public void project() {
    session.runner().addTarget(product).run().close();
  }

  @TearDown
  public void close() {
    session.close();
    graph.close();
    ops.close();
  }
}
