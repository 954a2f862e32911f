package org.pyramidspark.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;

/**
 * What the cache op must do under every policy, with every implementation of the kernels: keep what
 * the rule keeps, and nothing else depends on anything else.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PolicyContract {
  private static final double BFLOAT_ROUNDING = 0x1p-8;

  private final CacheKernels kernels = kernels();

  abstract CacheKernels kernels();

  /** Whether products take bfloat16 where cache and projections are of it. */
  boolean multipliesBfloat16() {
    return false;
  }

  /** As of {@link CacheKernelsContract}. */
  private double operandRounding(PolicyCase wanted) {
    if (!multipliesBfloat16() || wanted.computeType() != ComputeType.BFLOAT16) {
      return 0;
    }
    return switch (wanted.kvType()) {
      case FLOAT32 -> 0;
      case BFLOAT16 -> BFLOAT_ROUNDING;
      case INT8 -> 2 * BFLOAT_ROUNDING;
    };
  }

  static List<PolicyCase> grid() {
    return PolicyCase.grid(2);
  }

  @ParameterizedTest
  @MethodSource("grid")
  void keepsWhatTheRuleKeeps(PolicyCase wanted) {
    double swapped = compare(wanted);
    // A score is as near to the cut as float32 rounds in one of some thousand; of bfloat16 products
    // a good part is.
    assertThat(swapped).isLessThan(operandRounding(wanted) == 0 ? 0.002 : 0.2);
  }

  /** Returns the share of the entries for which rounding decided. */
  private double compare(PolicyCase wanted) {
    try (KvCache memory = new KvCache(wanted.model(), wanted.kvType(), wanted.computeType());
        RandomSequence sequence = new RandomSequence(wanted, memory, wanted.seed());
        StepRunner runner = new StepRunner(kernels, wanted.model(), wanted.computeType(), 1);
        PolicyReference reference = new PolicyReference(wanted, operandRounding(wanted))) {
      while (!sequence.isFinished()) {
        try (Arena arena = Arena.ofConfined()) {
          int step = sequence.step();
          List<LayerPass> passes = runner.run(List.of(sequence), arena).getFirst();
          reference.check(step, passes, sequence.cache);
        }
        assertBytesAreCounted(wanted, memory, sequence.cache);
      }
      assertThat(memory.peakBytes())
          .isLessThanOrEqualTo(
              memory.mostBytes(sequence.prefill, sequence.generation, wanted.newTokens()));
      return reference.swappedShare();
    }
  }

  private static void assertBytesAreCounted(
      PolicyCase wanted, KvCache memory, SequenceCache sequence) {
    long pages = 0;
    for (int layer = 0; layer < wanted.numLayers(); layer++) {
      pages += PageLayout.pages(sequence.layer(layer).length());
    }
    assertThat(memory.bytesInUse()).isEqualTo(sequence.bytes()).isEqualTo(memory.bytes(pages));
    assertThat(memory.unroundedBytes()).isZero();
  }

  /** A cache so long that several threads attend to it, and more sinks than the first one has. */
  @Test
  void longCachesAreAttendedToInParts() {
    for (String changes : List.of("budget_tokens=1100", "budget_tokens=1100 sink_tokens=700")) {
      compare(
          new PolicyCase(
              "streaming-llm",
              changes,
              PromptShape.of(1150),
              4,
              1,
              32,
              2,
              1,
              KvType.FLOAT32,
              ComputeType.FLOAT32));
    }
  }

  static Stream<Arguments> types() {
    return Stream.of(KvType.values())
        .flatMap(kv -> Stream.of(ComputeType.values()).map(compute -> Arguments.of(kv, compute)));
  }

  /** Results and entries of one step, to compare bits. */
  private record Outcome(List<float[]> contexts, List<List<Integer>> positions) {

    static Outcome of(List<LayerPass> passes, SequenceCache cache) {
      List<List<Integer>> positions = new ArrayList<>();
      for (int layer = 0; layer < passes.size(); layer++) {
        LayerCache ofLayer = cache.layer(layer);
        for (int kvHead = 0; kvHead < ofLayer.numKvHeads(); kvHead++) {
          List<Integer> ofHead = new ArrayList<>();
          for (int entry = 0; entry < ofLayer.length(); entry++) {
            ofHead.add(ofLayer.position(kvHead, entry));
          }
          positions.add(ofHead);
        }
      }
      return new Outcome(passes.stream().map(LayerPass::contexts).toList(), positions);
    }

    void assertSame(Outcome other, String where) {
      assertThat(other.positions).as(where).isEqualTo(positions);
      for (int layer = 0; layer < contexts.size(); layer++) {
        assertThat(other.contexts.get(layer)).as(where).isEqualTo(contexts.get(layer));
      }
    }
  }

  /**
   * All policies at once, each coming in at another step and set back once on its way: the bits of
   * each are those that it has alone.
   */
  @ParameterizedTest
  @MethodSource("types")
  void bitsAreTheSameInAnyCompanyAndWhenBegunAnew(KvType kvType, ComputeType computeType) {
    List<PolicyCase> cases = PolicyCase.company(kvType, computeType);
    PolicyCase longest = longest(cases);
    try (KvCache memory = new KvCache(longest.model(), kvType, computeType);
        StepRunner one = new StepRunner(kernels, longest.model(), computeType, 1);
        StepRunner two = new StepRunner(kernels, longest.model(), computeType, 2)) {
      List<RandomSequence> sequences = new ArrayList<>();
      Map<RandomSequence, List<Outcome>> alone = new HashMap<>();
      for (PolicyCase wanted : cases) {
        RandomSequence sequence = new RandomSequence(wanted, memory, sequences.size());
        sequences.add(sequence);
        alone.put(sequence, alone(sequence, one));
        sequence.setBack();
      }
      runTogether(sequences, alone, two);
      sequences.forEach(RandomSequence::close);
      assertThat(memory.bytesInUse()).isZero();
    }
  }

  private static PolicyCase longest(List<PolicyCase> cases) {
    return cases.stream()
        .reduce((a, b) -> a.prompt().tokens() > b.prompt().tokens() ? a : b)
        .orElseThrow();
  }

  private static List<Outcome> alone(RandomSequence sequence, StepRunner runner) {
    List<Outcome> outcomes = new ArrayList<>();
    while (!sequence.isFinished()) {
      try (Arena arena = Arena.ofConfined()) {
        List<LayerPass> passes = runner.run(List.of(sequence), arena).getFirst();
        outcomes.add(Outcome.of(passes, sequence.cache));
      }
    }
    return outcomes;
  }

  private static void runTogether(
      List<RandomSequence> sequences,
      Map<RandomSequence, List<Outcome>> expected,
      StepRunner runner) {
    for (int now = 0; sequences.stream().anyMatch(sequence -> !sequence.isFinished()); now++) {
      List<RandomSequence> running = new ArrayList<>();
      for (int i = 0; i < sequences.size(); i++) {
        RandomSequence sequence = sequences.get(i);
        if (now == i % 5 + 3 + i % 9) {
          sequence.setBack();
        }
        if (now >= i % 5 && !sequence.isFinished()) {
          running.add(sequence);
        }
      }
      List<Integer> steps = running.stream().map(RandomSequence::step).toList();
      try (Arena arena = Arena.ofConfined()) {
        List<List<LayerPass>> passes = runner.run(running, arena);
        for (int i = 0; i < running.size(); i++) {
          RandomSequence sequence = running.get(i);
          expected
              .get(sequence)
              .get(steps.get(i))
              .assertSame(
                  Outcome.of(passes.get(i), sequence.cache),
                  sequence.wanted + ", step " + steps.get(i));
        }
      }
    }
  }
}
