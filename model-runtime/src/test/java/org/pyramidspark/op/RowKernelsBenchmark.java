package org.pyramidspark.op;

import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions.Kernel;

/** What lies between the MatMuls, over rows that are more than any processor's cache. */
@State(Scope.Benchmark)
public class RowKernelsBenchmark {
  private static final int ROWS = 32_768;
  private static final int ROWS_OF_TASK = 64;
  private static final int HIDDEN = BenchmarkModel.config().hiddenSize();
  private static final int INTERMEDIATE = BenchmarkModel.config().intermediateSize();

  private final ComputeType type = BenchmarkModel.computeType();
  private final RowKernels kernels = KernelChoice.of(Kernel.AUTO).rows();
  private final Arena arena = Arena.ofShared();
  private WorkerPool workers;
  private long residual;
  private long delta;
  private long scale;
  private long normed;
  private long gateUp;
  private long activated;

  /** Bytes that one call of {@link #addNorm} reads and writes: the residual stream both ways. */
  static double bytesOfAddNorm() {
    return (double) ROWS * HIDDEN * (2 * 4 + 2 * BenchmarkModel.computeType().bytes());
  }

  /** Bytes that one call of {@link #swiGlu} reads and writes. */
  static double bytesOfSwiGlu() {
    return (double) ROWS * INTERMEDIATE * 3 * BenchmarkModel.computeType().bytes();
  }

  @Setup
  public void fill() {
    workers = new WorkerPool(BenchmarkModel.threads());
    residual = ones(ComputeType.FLOAT32, (long) ROWS * HIDDEN);
    delta = ones(type, (long) ROWS * HIDDEN);
    scale = ones(ComputeType.FLOAT32, HIDDEN);
    normed = ones(type, (long) ROWS * HIDDEN);
    gateUp = ones(type, 2L * ROWS * INTERMEDIATE);
    activated = ones(type, (long) ROWS * INTERMEDIATE);
  }

  private long ones(ComputeType of, long elements) {
    long address = arena.allocate(elements * of.bytes(), 64).address();
    for (int i = 0; i < elements; i++) {
      Elements.put(of, address, i, 1);
    }
    return address;
  }

  @Benchmark
  public void addNorm() {
    long width = HIDDEN;
    run(
        row ->
            kernels.addNorm(
                type,
                type,
                HIDDEN,
                1e-5f,
                residual + 4 * width * row,
                delta + type.bytes() * width * row,
                scale,
                residual + 4 * width * row,
                normed + type.bytes() * width * row));
  }

  @Benchmark
  public void swiGlu() {
    long bytes = (long) type.bytes() * INTERMEDIATE;
    run(
        row ->
            kernels.swiGlu(
                type,
                INTERMEDIATE,
                gateUp + 2 * bytes * row,
                gateUp + (2L * row + 1) * bytes,
                activated + bytes * row));
  }

  private interface RowTask {
    void run(int row);
  }

  private void run(RowTask task) {
    workers.run(
        ROWS / ROWS_OF_TASK,
        (chunk, scratch) -> {
          for (int row = chunk * ROWS_OF_TASK; row < (chunk + 1) * ROWS_OF_TASK; row++) {
            task.run(row);
          }
        });
  }

  @TearDown
  public void close() {
    workers.close();
    arena.close();
  }
}
