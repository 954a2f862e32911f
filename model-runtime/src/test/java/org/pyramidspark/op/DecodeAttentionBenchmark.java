package org.pyramidspark.op;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.cache.PagePool;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions.Kernel;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;

/**
 * One layer's attention of a generated token of each of 32 sequences of 2,048 tokens. Each call
 * takes the next layer, and all layers together are more than any processor's cache.
 */
@State(Scope.Benchmark)
public class DecodeAttentionBenchmark {
  private static final int SEQUENCES = 32;
  private static final long LEAST_BYTES = 256L << 20;

  @Param KvType kvType;

  private final ModelConfig model = BenchmarkModel.config();
  private final CacheKernels kernels = KernelChoice.of(Kernel.AUTO).cache();
  private final Arena arena = Arena.ofShared();
  private final List<SequenceCache> sequences = new ArrayList<>();
  private final List<List<KernelTask>> layers = new ArrayList<>();
  private WorkerPool workers;
  private PagePool pool;
  private int next;

  /** Bytes of cache that one call reads. */
  static long bytes(KvType type) {
    ModelConfig model = BenchmarkModel.config();
    long pages = (long) SEQUENCES * PageLayout.pages(BenchmarkModel.TOKENS) * model.numKvHeads();
    return pages * new PageLayout(model.headSize(), type).bytes();
  }

  @Setup
  public void fill() {
    PageLayout layout = new PageLayout(model.headSize(), kvType);
    int numLayers = (int) Math.ceilDiv(LEAST_BYTES, bytes(kvType));
    workers = new WorkerPool(BenchmarkModel.threads());
    pool = new PagePool(layout.bytes());
    for (int i = 0; i < SEQUENCES; i++) {
      sequences.add(new SequenceCache(layout, pool, numLayers, model.numKvHeads()));
    }
    ProjectedRows rows = rows();
    long results =
        arena
            .allocate((long) SEQUENCES * model.attentionSize() * rows.type().bytes(), 64)
            .address();
    ContextRows context = new ContextRows(model, rows.type(), results);
    MemorySegment page = randomPage(layout);
    for (int layer = 0; layer < numLayers; layer++) {
      layers.add(tasks(layer, rows, context, page));
    }
  }

  private List<KernelTask> tasks(
      int layer, ProjectedRows rows, ContextRows context, MemorySegment page) {
    List<KernelTask> tasks = new ArrayList<>();
    for (int i = 0; i < SEQUENCES; i++) {
      LayerCache cache = sequences.get(i).layer(layer);
      cache.append(IntStream.range(0, BenchmarkModel.TOKENS).toArray(), 0, BenchmarkModel.TOKENS);
      for (int kvHead = 0; kvHead < model.numKvHeads(); kvHead++) {
        for (int p = 0; p < PageLayout.pages(cache.length()); p++) {
          NativeMemory.ALL.asSlice(cache.page(kvHead, p), page.byteSize()).copyFrom(page);
        }
        tasks.add(attention(cache, kvHead, i, rows, context));
      }
    }
    return tasks;
  }

  private KernelTask attention(
      LayerCache cache, int kvHead, int row, ProjectedRows rows, ContextRows context) {
    AttentionTask task =
        new AttentionTask(
            rows,
            context,
            cache,
            kvHead,
            row,
            cache.length() - 1,
            new int[] {0},
            0,
            1,
            row,
            AttentionTask.Scoring.none());
    return new KernelTask(cache.length(), scratch -> kernels.attend(task, scratch));
  }

  private ProjectedRows rows() {
    ComputeType type = BenchmarkModel.computeType();
    int elements = SEQUENCES * model.qkvSize();
    long address = arena.allocate((long) elements * type.bytes(), 64).address();
    Random random = new Random(1);
    for (int i = 0; i < elements; i++) {
      Elements.put(type, address, i, (float) random.nextGaussian());
    }
    int[] positions = new int[SEQUENCES];
    Arrays.fill(positions, BenchmarkModel.TOKENS - 1);
    return new ProjectedRows(model, type, address, positions, RotaryTable.of(model));
  }

  private MemorySegment randomPage(PageLayout layout) {
    MemorySegment page = arena.allocate(layout.bytes(), 64);
    Random random = new Random(2);
    float[] vector = new float[model.headSize()];
    for (int token = 0; token < PageLayout.TOKENS; token++) {
      for (int dim = 0; dim < vector.length; dim++) {
        vector[dim] = (float) random.nextGaussian();
      }
      layout.putKey(page.address(), token, vector);
      layout.putValue(page.address(), token, vector);
    }
    return page;
  }

  @Benchmark
  public void attend() {
    workers.run(layers.get(next));
    next = (next + 1) % layers.size();
  }

  @TearDown
  public void close() {
    workers.close();
    sequences.forEach(SequenceCache::close);
    pool.close();
    arena.close();
  }
}
