package org.pyramidspark.op;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.ModelConfig;

/** Runs steps of the cache op on random projections, as TensorFlow's graph would. */
final class StepRunner implements AutoCloseable {
  private final CacheKernels kernels;
  private final ModelConfig model;
  private final ComputeType type;
  private final RotaryTable rotary;
  private final WorkerPool workers;

  StepRunner(CacheKernels kernels, ModelConfig model, ComputeType type, int threads) {
    this.kernels = kernels;
    this.model = model;
    this.type = type;
    this.rotary = RotaryTable.of(model);
    this.workers = new WorkerPool(threads);
  }

  /**
   * One step of some sequences.
   *
   * @param arena holds projections and results
   * @return by sequence and layer
   */
  List<List<LayerPass>> run(List<RandomSequence> sequences, Arena arena) {
    List<StepShare> shares = sequences.stream().map(RandomSequence::nextShare).toList();
    CacheStep step = new CacheStep(kernels, workers, new StepTimes(), model.numLayers(), shares);
    int[] counts = shares.stream().mapToInt(StepShare::rows).toArray();
    List<List<LayerPass>> passes = new ArrayList<>();
    sequences.forEach(sequence -> passes.add(new ArrayList<>()));
    for (int layer = 0; layer < model.numLayers(); layer++) {
      ProjectedRows projected = project(layer, sequences, counts, step.positions(), arena);
      ContextRows context = new ContextRows(model, type, allocate(step.rowsOn(layer), arena));
      int[] rowsOn = step.run(layer, projected, context);
      addPasses(passes, projected, context, counts, rowsOn);
    }
    sequences.forEach(RandomSequence::advance);
    return passes;
  }

  /** NaN where nothing is written. */
  private long allocate(int rows, Arena arena) {
    long bytes = (long) rows * model.attentionSize() * type.bytes();
    return arena.allocate(bytes, 64).fill((byte) 0xff).address();
  }

  private ProjectedRows project(
      int layer, List<RandomSequence> sequences, int[] counts, int[] positions, Arena arena) {
    long rowBytes = (long) model.qkvSize() * type.bytes();
    long address = arena.allocate(positions.length * rowBytes, 64).address();
    int row = 0;
    for (int i = 0; i < counts.length; i++) {
      for (int end = row + counts[i]; row < end; row++) {
        sequences
            .get(i)
            .project(
                layer,
                positions[row],
                new RandomSequence.ComputeRow(address + row * rowBytes, model.qkvSize()));
      }
    }
    return new ProjectedRows(model, type, address, positions, rotary);
  }

  /** Sorts a layer's rows by sequence; {@code counts} become those of the next layer. */
  private static void addPasses(
      List<List<LayerPass>> passes,
      ProjectedRows projected,
      ContextRows context,
      int[] counts,
      int[] rowsOn) {
    int firstRow = 0;
    int firstOn = 0;
    for (int i = 0; i < counts.length; i++) {
      int end = firstRow + counts[i];
      int endOn = firstOn;
      while (endOn < rowsOn.length && rowsOn[endOn] < end) {
        endOn++;
      }
      int[] positionsOn =
          Arrays.stream(rowsOn, firstOn, endOn).map(row -> projected.positions()[row]).toArray();
      int[] positions = Arrays.copyOfRange(projected.positions(), firstRow, end);
      passes
          .get(i)
          .add(new LayerPass(projected, context, positions, positionsOn, firstRow, firstOn));
      counts[i] = endOn - firstOn;
      firstRow = end;
      firstOn = endOn;
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
