package org.pyramidspark.op;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;
import org.pyramidspark.machinecode.Processor;

/**
 * Kernels in the Vector API, with machine code of ours where the machine has some ({@link
 * ProductCode}). Few query vectors are bound by reading the cache ({@link StreamedAttention}), many
 * by arithmetic ({@link TiledAttention}). Heads that are too small for a width go to the next
 * narrower one, in the end to the scalar kernels.
 */
final class VectorKernels implements CacheKernels {
  private static final int WIDEST = 512;
  private static final int NARROWEST = 128;

  /** Query vectors up to which the cache is streamed: more are bound by arithmetic. */
  private static final int MOST_STREAMED = MOST_SPLIT;

  private final int vectorBits;
  private final VectorLoops loops;
  private final ProductCode code;
  private final Map<Integer, DotProducts> dotProducts = new ConcurrentHashMap<>();
  private final Map<PageLayout, PageProducts[]> floatPages = new ConcurrentHashMap<>();
  private final CacheKernels narrower;

  /** With the widest vectors that the machine has. */
  VectorKernels() {
    this(
        Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), NARROWEST, WIDEST),
        ProductCode.of(Processor.detect()));
  }

  /**
   * With vectors of a width.
   *
   * @param vectorBits 128, 256 or 512
   * @param code which machine code to use; the processor must have what it needs
   */
  VectorKernels(int vectorBits, ProductCode code) {
    this.vectorBits = vectorBits;
    this.code = code;
    this.loops = VectorLoops.of(vectorBits, code);
    this.narrower =
        vectorBits > NARROWEST ? new VectorKernels(vectorBits / 2, code) : new ScalarKernels();
  }

  @Override
  public String name() {
    return "vector-" + vectorBits + code.suffix();
  }

  @Override
  public void append(AppendTask task, KernelScratch scratch) {
    if (!loops.fits(task.cache().layout())) {
      narrower.append(task, scratch);
      return;
    }
    HeadVectors vectors = loops.headVectors();
    ProjectedRows rows = task.rows();
    PageLayout layout = task.cache().layout();
    float[] vector = scratch.floats(0, layout.headSize());
    for (int i = 0; i < task.count(); i++) {
      int row = task.firstRow() + i;
      int entry = task.firstEntry() + i;
      long page = task.cache().page(task.kvHead(), entry / PageLayout.TOKENS);
      vectors.rotated(rows, rows.key(row, task.kvHead()), row, 1, vector);
      vectors.putKey(layout, page, entry % PageLayout.TOKENS, vector);
      vectors.read(rows, rows.value(row, task.kvHead()), vector);
      task.addNorm(entry, vector);
      vectors.putValue(layout, page, entry % PageLayout.TOKENS, vector);
    }
  }

  @Override
  public void attend(AttentionTask task, KernelScratch scratch) {
    if (!loops.fits(task.cache().layout())) {
      narrower.attend(task, scratch);
    } else if (task.numVectors() <= MOST_STREAMED) {
      PageRange pages = PageRange.all(task.visible(task.to() - 1));
      new StreamedAttention(loops, pageProducts(task), task, pages, scratch).run();
    } else {
      new TiledAttention(loops, tileDots(task), task, scratch).run();
    }
  }

  @Override
  public void attend(
      AttentionTask task, PageRange pages, PartialAttention part, KernelScratch scratch) {
    if (loops.fits(task.cache().layout())) {
      new StreamedAttention(loops, pageProducts(task), task, pages, scratch).run(part);
    } else {
      narrower.attend(task, pages, part, scratch);
    }
  }

  /** For few queries: machine code takes a cache as it lies. */
  private PageProducts[] pageProducts(AttentionTask task) {
    PageLayout layout = task.cache().layout();
    Optional<DotProducts> dots =
        layout.type() == KvType.BFLOAT16 ? tileDots(task) : Optional.empty();
    if (dots.isPresent()) {
      return dots.get().pages();
    }
    return code.takesHeads(layout.headSize())
        ? floatPages.computeIfAbsent(layout, this::floatPages)
        : loops.pageProducts()[layout.type().ordinal()];
  }

  private PageProducts[] floatPages(PageLayout layout) {
    return IntStream.rangeClosed(1, VectorLoops.MOST_ROWS)
        .mapToObj(rows -> MachinePageProducts.floats(code, layout.type(), layout.headSize(), rows))
        .toArray(PageProducts[]::new);
  }

  /** For many: only where queries come in bfloat16, and keys that have no more digits than it. */
  private Optional<DotProducts> tileDots(AttentionTask task) {
    PageLayout layout = task.cache().layout();
    boolean rounded = task.rows().type() == ComputeType.BFLOAT16 && layout.type() != KvType.FLOAT32;
    return code == ProductCode.BFLOAT16_DOTS && rounded && DotProducts.fits(layout.headSize())
        ? Optional.of(dotProducts.computeIfAbsent(layout.headSize(), DotProducts::of))
        : Optional.empty();
  }
}
