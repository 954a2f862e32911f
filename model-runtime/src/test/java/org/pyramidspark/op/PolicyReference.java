package org.pyramidspark.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;
import org.pyramidspark.op.rules.Choice;
import org.pyramidspark.op.rules.Rule;

/**
 * Goes through a sequence's steps beside the cache op, by the policy's rule and in double
 * precision, and holds every row's result and every cache's entries to it. Where rounding decides
 * between two entries, the reference goes on with those that the op kept.
 */
final class PolicyReference implements AutoCloseable {
  /** Half a unit in the last place of 1, bfloat16. */
  private static final double BFLOAT_ROUNDING = 0x1p-8;

  /** Values are normal variables: none here is beyond 6. */
  private static final double LARGEST_VALUE = 6;

  private final PolicyCase wanted;
  private final Rule rule;
  private final double operandRounding;
  private final KvCache memory;
  private final KvCache unroundedMemory;
  private final PrefillPlan prefill;
  private final List<StoredEntries> stored = new ArrayList<>();

  /** By layer and KV head, ascending. */
  private final List<List<List<Integer>>> kept = new ArrayList<>();

  /** Entries that were kept, and those of them that the rule would not have kept unrounded. */
  private long chosen;

  private long swapped;

  PolicyReference(PolicyCase wanted, double operandRounding) {
    this.wanted = wanted;
    this.rule = PolicyRules.of(wanted);
    this.operandRounding = operandRounding;
    this.prefill = wanted.cachePolicy().prefill(wanted.prompt(), wanted.numLayers());
    this.memory = new KvCache(wanted.model(), wanted.kvType(), wanted.computeType());
    this.unroundedMemory =
        new KvCache(wanted.model(), wanted.computeType().kvType(), wanted.computeType());
    SequenceCache everything = memory.newSequence();
    for (int layer = 0; layer < wanted.numLayers(); layer++) {
      stored.add(new StoredEntries(everything.layer(layer)));
      List<List<Integer>> heads = new ArrayList<>();
      for (int kvHead = 0; kvHead < wanted.numKvHeads(); kvHead++) {
        heads.add(List.of());
      }
      kept.add(heads);
    }
  }

  /** The share of the kept entries for which rounding decided. */
  double swappedShare() {
    return (double) swapped / chosen;
  }

  /** Holds a step to the rule. */
  void check(int step, List<LayerPass> passes, SequenceCache actual) {
    for (int layer = 0; layer < passes.size(); layer++) {
      check(step, layer, passes.get(layer), actual.layer(layer));
    }
  }

  private void check(int step, int layer, LayerPass pass, LayerCache actual) {
    stored.get(layer).append(pass);
    List<Integer> rows = Arrays.stream(pass.positions()).boxed().toList();
    List<List<Integer>> entries = new ArrayList<>();
    for (List<Integer> before : kept.get(layer)) {
      List<Integer> now = new ArrayList<>(before);
      now.addAll(rows);
      entries.add(now);
    }
    ExactRows exact =
        new ExactRows(
            pass,
            attended(step, layer, pass),
            entries,
            rule.positionsAreThoseInTheCache(),
            wanted.kvType(),
            operandRounding);
    String where = "layer %d, step %d".formatted(layer, step);
    checkRowsOn(step, layer, pass, rows, exact, where);
    checkContexts(pass, exact, where);
    List<Choice> choices =
        step == 0
            ? rule.afterPrompt(layer, rows, exact)
            : rule.afterStep(layer, rows.getFirst(), exact);
    for (int kvHead = 0; kvHead < wanted.numKvHeads(); kvHead++) {
      List<Integer> positions = positions(actual, kvHead);
      if (step == 0) {
        assertThat(positions).as(where).isSorted();
      }
      compare(choices.get(kvHead), positions, where + ", KV head " + kvHead);
      kept.get(layer).set(kvHead, positions.stream().sorted().toList());
      checkContent(layer, kvHead, positions, actual);
    }
  }

  /** A prompt that is pruned has its entries at hand before they are rounded to int8. */
  private StoredEntries attended(int step, int layer, LayerPass pass) {
    if (step > 0 || wanted.kvType() != KvType.INT8 || prefill.keepsAll()) {
      return stored.get(layer);
    }
    StoredEntries unrounded = new StoredEntries(unroundedMemory.newSequence().layer(layer));
    unrounded.append(pass);
    return unrounded;
  }

  private void checkRowsOn(
      int step, int layer, LayerPass pass, List<Integer> rows, ExactRows exact, String where) {
    List<Integer> on = Arrays.stream(pass.positionsOn()).boxed().toList();
    if (step > 0 || layer == wanted.numLayers() - 1) {
      assertThat(on).as(where).containsExactly(rows.getLast());
    } else {
      assertThat(on).as(where).isSorted();
      compare(rule.rowsOn(layer, rows, exact), on, where + ", rows that go on");
    }
  }

  private void compare(Choice choice, List<Integer> actual, String where) {
    assertThat(choice.fault(actual)).as(where).isEmpty();
    Set<Integer> exact = choice.exact();
    chosen += actual.size();
    swapped += actual.stream().filter(position -> !exact.contains(position)).count();
  }

  private void checkContexts(LayerPass pass, ExactRows exact, String where) {
    double largest = 0;
    for (int index = 0; index < pass.positionsOn().length; index++) {
      for (int head = 0; head < wanted.model().numHeads(); head++) {
        ExactRows.Context expected = exact.context(head, pass.positionsOn()[index]);
        for (int dim = 0; dim < wanted.headSize(); dim++) {
          double element = expected.elements()[dim];
          double error = Math.abs(pass.context(index, head, dim) - element);
          error -= expected.slack()[dim];
          if (wanted.computeType() == ComputeType.BFLOAT16) {
            error -= BFLOAT_ROUNDING * Math.abs(element);
          }
          // NaN must not pass as small.
          largest = error <= largest ? largest : error;
        }
      }
    }
    assertThat(largest).as(where).isLessThan(LARGEST_VALUE * exact.error());
  }

  private static List<Integer> positions(LayerCache cache, int kvHead) {
    List<Integer> positions = new ArrayList<>();
    for (int entry = 0; entry < cache.length(); entry++) {
      positions.add(cache.position(kvHead, entry));
    }
    return positions;
  }

  /** Entries are those that were stored, wherever they moved; but for keys turned since. */
  private void checkContent(int layer, int kvHead, List<Integer> positions, LayerCache actual) {
    PageLayout layout = actual.layout();
    boolean turned =
        rule.positionsAreThoseInTheCache() && positions.size() <= new TreeSet<>(positions).last();
    for (int entry = 0; entry < positions.size(); entry++) {
      long page = actual.page(kvHead, entry / PageLayout.TOKENS);
      double[] key = stored.get(layer).key(kvHead, positions.get(entry));
      double[] value = stored.get(layer).value(kvHead, positions.get(entry));
      for (int dim = 0; dim < key.length; dim++) {
        if (!turned && layout.key(page, entry % PageLayout.TOKENS, dim) != key[dim]
            || layout.value(page, entry % PageLayout.TOKENS, dim) != value[dim]) {
          throw new AssertionError(
              "Layer %d, KV head %d: entry %d is not that of position %d."
                  .formatted(layer, kvHead, entry, positions.get(entry)));
        }
      }
    }
  }

  @Override
  public void close() {
    memory.close();
    unroundedMemory.close();
  }
}
