package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.config.EngineOptions.Kernel;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;

/** One layer's causal attention of a prompt of 2,048 tokens, with and without scoring. */
@State(Scope.Benchmark)
public class PrefillAttentionBenchmark {
  /** As engines cut prompts. */
  private static final int CHUNK_ROWS = 128;

  @Param KvType kvType;

  @Param({"false", "true"})
  boolean scored;

  private final CacheKernels kernels = KernelChoice.of(Kernel.AUTO).cache();
  private final List<KernelTask> tasks = new ArrayList<>();
  private WorkerPool workers;
  private KernelFixture fixture;

  /** Floating-point operations of one call: two products for each query-key pair. */
  static double operations() {
    double pairs = BenchmarkModel.TOKENS * (BenchmarkModel.TOKENS + 1.0) / 2;
    return 4.0 * BenchmarkModel.config().attentionSize() * pairs;
  }

  @Setup
  public void fill() {
    ModelConfig model = BenchmarkModel.config();
    workers = new WorkerPool(BenchmarkModel.threads());
    fixture =
        new KernelFixture(
            new KernelCase(
                model.headSize(),
                model.groupSize(),
                model.numKvHeads(),
                0,
                BenchmarkModel.TOKENS,
                100,
                0,
                Statistic.ATTENTION,
                kvType,
                BenchmarkModel.computeType()));
    for (int kvHead = 0; kvHead < model.numKvHeads(); kvHead++) {
      for (int from = 0; from < BenchmarkModel.TOKENS; from += CHUNK_ROWS) {
        AttentionTask task = fixture.attentionTask(kvHead, from, from + CHUNK_ROWS, scoring());
        tasks.add(
            new KernelTask(task.visible(task.to() - 1), scratch -> kernels.attend(task, scratch)));
      }
    }
    tasks.sort(Comparator.comparingLong(KernelTask::cost).reversed());
  }

  /** Sums of its own for each task, as engines have them. */
  private AttentionTask.Scoring scoring() {
    return scored
        ? new AttentionTask.Scoring(
            Statistic.ATTENTION,
            0,
            BenchmarkModel.TOKENS,
            fixture.weights,
            new float[BenchmarkModel.TOKENS])
        : AttentionTask.Scoring.none();
  }

  @Benchmark
  public void attend() {
    workers.run(tasks);
  }

  @TearDown
  public void close() {
    workers.close();
    fixture.close();
  }
}
