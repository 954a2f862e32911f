package org.pyramidspark.commit;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.pyramidspark.metrics.RowSample;

/**
 * The splits of a run that are committed, as its folder tells, and their sums. Reads each manifest
 * once; keeps a name and a bit of each split, nothing of rows. Used by the driver, by one thread.
 */
public final class CommittedSplits {
  /** A manifest is small: reading one is waiting, on file systems that are elsewhere. */
  private static final int READERS = 16;

  private final RunFolder folder;
  private final PlannedRun plan;
  private final int numSplits;
  private final RunSums sums;
  private final BitSet committed = new BitSet();
  private final BitSet interrupted = new BitSet();
  private final Set<String> parts = new HashSet<>();

  private CommittedSplits(RunFolder folder, PlannedRun plan, RowSample sample) {
    this.folder = folder;
    this.plan = plan;
    this.numSplits = plan.numSplits();
    this.sums = new RunSums(sample);
  }

  /**
   * Reads what earlier sessions have committed. A manifest that is not whole, or whose rows are
   * gone, is taken back: that split is to be done again.
   *
   * @param plan of the run
   * @param sample the rows that the report shows
   */
  static CommittedSplits of(RunFolder folder, PlannedRun plan, RowSample sample)
      throws IOException {
    CommittedSplits splits = new CommittedSplits(folder, plan, sample);
    Map<String, Long> there = folder.parts();
    splits.read(there);
    splits.noteInterrupted(there.keySet());
    BitSet damaged = splits.folder.manifests().splits();
    damaged.andNot(splits.committed);
    for (int split = damaged.nextSetBit(0); split >= 0; split = damaged.nextSetBit(split + 1)) {
      folder.manifests().delete(split);
    }
    return splits;
  }

  private void noteInterrupted(Set<String> there) throws IOException {
    there.stream()
        .filter(part -> !parts.contains(part))
        .forEach(part -> interrupted.set(RunFolder.splitOf(part)));
    interrupted.or(folder.marks().splits());
  }

  /** Splits of which earlier sessions have left an attempt that did not end. */
  public BitSet interrupted() {
    return interrupted;
  }

  /** Sums of the splits that were committed when {@link #of} or {@link #readRest} looked. */
  public RunSums sums() {
    return sums;
  }

  /** Those that are still to be done. */
  public List<Integer> pending() {
    return IntStream.range(0, numSplits).filter(split -> !committed.get(split)).boxed().toList();
  }

  /**
   * Reads what this session has committed, once its tasks are done, and deletes the files of
   * attempts that were not committed. None can be committed after this.
   *
   * @throws IOException if a split is not committed
   */
  public void readRest() throws IOException {
    Map<String, Long> there = folder.parts();
    read(there);
    List<Integer> missing = pending();
    if (!missing.isEmpty()) {
      throw new IOException(
          "The rows of %d splits, the first of them %d, are not in %s any more"
              .formatted(missing.size(), missing.getFirst(), folder.shown()));
    }
    for (String part : there.keySet()) {
      if (!parts.contains(part)) {
        folder.deletePart(part);
      }
    }
  }

  private void read(Map<String, Long> there) throws IOException {
    BitSet unread = folder.manifests().splits();
    unread.andNot(committed);
    try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      List<Future<?>> reads =
          unread.stream()
              .filter(split -> split < numSplits)
              .<Future<?>>mapToObj(split -> readers.submit(() -> read(split, there)))
              .toList();
      for (Future<?> read : reads) {
        read.get();
      }
    } catch (ExecutionException failure) {
      throw new IOException(
          "The manifests of %s cannot be read".formatted(folder.shown()), failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while manifests were read", interrupted);
    }
  }

  private Void read(int split, Map<String, Long> there) throws IOException {
    folder
        .manifests()
        .read(split)
        .filter(manifest -> holds(manifest, split, there))
        .ifPresent(this::add);
    return null;
  }

  private static boolean holds(SplitManifest manifest, int split, Map<String, Long> there) {
    return manifest.split() == split
        && manifest.parts().stream()
            .allMatch(part -> Objects.equals(there.get(part.name()), part.bytes()));
  }

  private synchronized void add(SplitManifest manifest) {
    committed.set(manifest.split());
    manifest.parts().forEach(part -> parts.add(part.name()));
    sums.add(manifest, plan.cost(manifest.split()));
  }
}
