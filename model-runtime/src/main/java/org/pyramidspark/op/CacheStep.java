package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One step on its way through the layers: which sequences take part, and which of their rows are
 * still there. Layers come in order, 0 first.
 */
final class CacheStep {
  private final CacheKernels kernels;
  private final WorkerPool workers;
  private final StepTimes times;
  private final int numLayers;
  private final List<StepShare> shares;
  private final int[] shareRows;
  private int[] positions;
  private final boolean decodes;
  private int nextLayer;

  CacheStep(
      CacheKernels kernels,
      WorkerPool workers,
      StepTimes times,
      int numLayers,
      List<StepShare> shares) {
    this.times = times;
    this.kernels = kernels;
    this.workers = workers;
    this.numLayers = numLayers;
    this.shares = List.copyOf(shares);
    this.shareRows = shares.stream().mapToInt(StepShare::rows).toArray();
    this.decodes = shares.stream().anyMatch(StepShare.Decode.class::isInstance);
    this.positions = firstPositions(shares);
  }

  private static int[] firstPositions(List<StepShare> shares) {
    int[] positions = new int[shares.stream().mapToInt(StepShare::rows).sum()];
    int next = 0;
    for (StepShare share : shares) {
      for (int i = 0; i < share.rows(); i++) {
        positions[next++] = share.firstPosition() + i;
      }
    }
    return positions;
  }

  /** Original positions of the rows that enter the next layer. */
  int[] positions() {
    return positions;
  }

  /** Rows that leave a layer, known before it is computed. */
  int rowsOn(int layer) {
    int rows = 0;
    for (StepShare share : shares) {
      rows +=
          switch (share) {
            case StepShare.Prefill prefill -> PrefillShare.rowsOn(prefill, layer, isLast(layer));
            case StepShare.Decode decode -> 1;
          };
    }
    return rows;
  }

  private boolean isLast(int layer) {
    return layer == numLayers - 1;
  }

  /**
   * Runs one layer's attention.
   *
   * @return the packed rows that go on, in order
   */
  int[] run(int layer, ProjectedRows projected, ContextRows context) {
    if (layer != nextLayer++) {
      throw new IllegalStateException("Layer " + layer + " runs out of order.");
    }
    List<LayerShare> layerShares = layerShares(layer, projected, context);
    runPhase(layerShares, LayerShare::addAppendTasks);
    times.mark(decodes ? StepPart.DECODE_ATTENTION : StepPart.APPEND);
    runPhase(layerShares, LayerShare::addAttentionTasks);
    if (decodes) {
      times.mark(StepPart.DECODE_ATTENTION);
    } else {
      times.mark(StepPart.PREFILL_ATTENTION);
      times.move(workers.takeScoringNanos(), StepPart.PREFILL_ATTENTION, StepPart.SCORING);
    }
    layerShares.forEach(LayerShare::select);
    times.mark(StepPart.SELECTION);
    runPhase(layerShares, LayerShare::addPivotalTasks);
    times.mark(StepPart.PREFILL_ATTENTION);
    return finish(layerShares, layer);
  }

  private List<LayerShare> layerShares(int layer, ProjectedRows projected, ContextRows context) {
    List<LayerShare> layerShares = new ArrayList<>(shares.size());
    int row = 0;
    int contextRow = 0;
    for (int i = 0; i < shares.size(); i++) {
      LayerRows rows = new LayerRows(projected, context, row, shareRows[i], contextRow);
      LayerShare share =
          switch (shares.get(i)) {
            case StepShare.Prefill prefill ->
                new PrefillShare(kernels, prefill, rows, layer, isLast(layer));
            case StepShare.Decode decode -> new DecodeShare(kernels, decode, rows, layer);
          };
      layerShares.add(share);
      row += shareRows[i];
      contextRow += share.rowsOn();
    }
    return layerShares;
  }

  /** Lets every sequence add its tasks of one phase. */
  private interface Phase {
    void addTasks(LayerShare share, List<KernelTask> tasks);
  }

  private void runPhase(List<LayerShare> layerShares, Phase phase) {
    List<KernelTask> tasks = new ArrayList<>();
    layerShares.forEach(share -> phase.addTasks(share, tasks));
    tasks.sort(Comparator.comparingLong(KernelTask::cost).reversed());
    workers.run(tasks);
  }

  private int[] finish(List<LayerShare> layerShares, int layer) {
    int[] rows = new int[rowsOn(layer)];
    int next = 0;
    for (int i = 0; i < layerShares.size(); i++) {
      LayerShare share = layerShares.get(i);
      share.finish(rows, next);
      next += share.rowsOn();
      shareRows[i] = share.rowsOn();
    }
    int[] remaining = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      remaining[i] = positions[rows[i]];
    }
    positions = remaining;
    return rows;
  }
}
