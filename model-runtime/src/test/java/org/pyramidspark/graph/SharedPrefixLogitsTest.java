package org.pyramidspark.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.cache.SharedPrefix;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.op.SelectionListener;
import org.pyramidspark.op.StepShare;

/** Logits of a prompt that begins with another's pages are the same bits as those of it alone. */
class SharedPrefixLogitsTest {
  private static final int LAYERS = 3;
  private static final int DECODE_STEPS = 3;

  /** Tokens in common, and tokens after them: a task's rows and parts of it, few and many. */
  private static final int[][] PROMPTS = {{128, 1}, {128, 5}, {128, 130}, {256, 2}, {256, 77}};

  /**
   * Where the machine's MatMuls sum in another order for other numbers of rows: a few roundings to
   * the types' digits, as a part of the largest logit.
   */
  private static final float ROUNDINGS = 0.05f;

  @TempDir Path folder;

  static Stream<Arguments> types() {
    return Stream.of(ComputeType.values())
        .flatMap(
            compute -> Stream.of(KvType.values()).map(kvType -> Arguments.of(compute, kvType)));
  }

  @ParameterizedTest
  @MethodSource("types")
  void sharingChangesNoBit(ComputeType compute, KvType kvType) {
    // Sizes that every kernel takes: heads of 64, multiples of 32; three heads to a group.
    TinyModel model =
        TinyModel.standard().withShape(new TinyModel.Shape(LAYERS, 192, 3, 1, 64, 384));
    EngineOptions options = EngineOptions.defaults().withTypes(compute, kvType).withThreads(2);
    try (Checkpoint checkpoint = Checkpoint.open(model.write(folder.resolve("model.gguf")));
        DecoderGraph graph = DecoderGraph.open(checkpoint, options);
        KvCache kvCache = new KvCache(checkpoint.config(), kvType, compute)) {
      int[] donor = tokens(333, 1);
      for (int[] lengths : PROMPTS) {
        int shared = lengths[0];
        int[] tokens = tokens(shared + lengths[1] + DECODE_STEPS, 2);
        System.arraycopy(donor, 0, tokens, 0, shared);
        Generation alone = new Generation(graph, kvCache.newSequence(), tokens);
        List<float[]> expected = alone.run();

        Generation first = new Generation(graph, kvCache.newSequence(), donor);
        Generation together = new Generation(graph, kvCache.newSequence(), tokens);
        List<float[]> sameStep = together.runWith(first, shared);
        // The donor has gone on meanwhile, and ends before the other generates.
        Generation later = new Generation(graph, kvCache.newSequence(), tokens);
        List<float[]> laterStep = later.runAfter(first, shared);

        assertSame(sameStep, expected, graph.isDeterministic());
        assertSame(laterStep, expected, graph.isDeterministic());
        Stream.of(alone, together, later).forEach(generation -> generation.cache.close());
        assertThat(kvCache.bytesInUse()).isZero();
      }
    }
  }

  private static int[] tokens(int count, int seed) {
    return new Random(seed).ints(count, 0, 200).toArray();
  }

  private static void assertSame(
      List<float[]> logits, List<float[]> expected, boolean deterministic) {
    for (int step = 0; step <= DECODE_STEPS; step++) {
      float[] of = expected.get(step);
      if (deterministic) {
        assertThat(Arrays.equals(logits.get(step), of)).as("step %d", step).isTrue();
      } else {
        float largest = 0;
        for (float logit : of) {
          largest = Math.max(largest, Math.abs(logit));
        }
        assertThat(logits.get(step)).containsExactly(of, within(ROUNDINGS * largest));
      }
    }
  }

  /** A prompt and the last {@link #DECODE_STEPS} tokens, which follow one by one. */
  private record Generation(DecoderGraph graph, SequenceCache cache, int[] tokens) {

    int promptTokens() {
      return tokens.length - DECODE_STEPS;
    }

    StepShare prompt(Optional<SharedPrefix> prefix) {
      return new StepShare.Prefill(
          cache,
          new FullPolicy().prefill(PromptShape.of(promptTokens()), LAYERS),
          SelectionListener.NONE,
          prefix);
    }

    int[] promptFrom(int first) {
      return Arrays.copyOfRange(tokens, first, promptTokens());
    }

    List<float[]> run() {
      List<float[]> logits = new ArrayList<>();
      logits.add(logits(List.of(prompt(Optional.empty())), promptFrom(0)));
      logits.addAll(generate());
      return logits;
    }

    /** In one step with the donor. */
    List<float[]> runWith(Generation donor, int shared) {
      int[] both =
          Stream.of(donor.promptFrom(0), promptFrom(shared)).flatMapToInt(Arrays::stream).toArray();
      List<StepShare> shares =
          List.of(
              donor.prompt(Optional.empty()),
              prompt(Optional.of(new SharedPrefix(donor.cache, shared))));
      List<float[]> logits = new ArrayList<>();
      logits.add(logits(shares, both));
      donor.generate();
      logits.addAll(generate());
      return logits;
    }

    /** After the donor, which is closed before the other generates. */
    List<float[]> runAfter(Generation donor, int shared) {
      StepShare share = prompt(Optional.of(new SharedPrefix(donor.cache, shared)));
      List<float[]> logits = new ArrayList<>();
      logits.add(logits(List.of(share), promptFrom(shared)));
      donor.cache.close();
      logits.addAll(generate());
      return logits;
    }

    List<float[]> generate() {
      List<float[]> logits = new ArrayList<>();
      GenerationPlan plan =
          new FullPolicy().generation(PromptShape.of(promptTokens()), LAYERS, DECODE_STEPS);
      for (int step = 1; step <= DECODE_STEPS; step++) {
        int position = promptTokens() + step - 1;
        StepShare share = new StepShare.Decode(cache, position, step, plan);
        logits.add(logits(List.of(share), new int[] {tokens[position]}));
      }
      return logits;
    }

    /** Those of the last share. */
    float[] logits(List<StepShare> shares, int[] ids) {
      try (Logits logits = graph.run(shares, ids)) {
        return logits.row(shares.size() - 1).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
      }
    }
  }
}
