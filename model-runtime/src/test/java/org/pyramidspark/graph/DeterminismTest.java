package org.pyramidspark.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.op.StepShare;

/** Logits are the same bits alone, in any batch, and once the code is compiled. */
class DeterminismTest {
  private static final int[] LENGTHS = {1, 2, 63, 64, 130, 333, 1_100};
  private static final int DECODE_STEPS = 4;

  @TempDir Path folder;

  /** The exact cache and ours with all types, each of the others with types in turn. */
  static Stream<Arguments> grid() {
    List<Arguments> grid = new ArrayList<>();
    for (ComputeType compute : ComputeType.values()) {
      for (KvType kv : KvType.values()) {
        for (String policy : List.of("full", "pyramid")) {
          grid.add(Arguments.of(compute, kv, policy));
        }
      }
    }
    for (String policy : Policies.NAMES.subList(2, Policies.NAMES.size())) {
      ComputeType compute = ComputeType.values()[grid.size() % ComputeType.values().length];
      KvType kv = KvType.values()[grid.size() % KvType.values().length];
      grid.add(Arguments.of(compute, kv, policy));
    }
    return grid.stream();
  }

  @ParameterizedTest
  @MethodSource("grid")
  void logitsDoNotDependOnTheCompany(ComputeType compute, KvType kv, String name) {
    CachePolicy policy = Policies.of(name, Map.of());
    // Sizes that every kernel takes: heads of 64, multiples of 32.
    TinyModel model = TinyModel.standard().withShape(new TinyModel.Shape(3, 192, 3, 1, 64, 384));
    EngineOptions options = EngineOptions.defaults().withTypes(compute, kv).withThreads(2);
    try (Checkpoint checkpoint = Checkpoint.open(model.write(folder.resolve("model.gguf")));
        DecoderGraph graph = DecoderGraph.open(checkpoint, options);
        KvCache kvCache = new KvCache(checkpoint.config(), kv, compute)) {
      assumeThat(graph.isDeterministic()).isTrue();
      List<Row> rows = new ArrayList<>();
      for (int length : LENGTHS) {
        rows.add(new Row(checkpoint.config(), kvCache, policy, length));
      }
      List<List<float[]>> alone = new ArrayList<>();
      for (Row row : rows) {
        alone.add(run(graph, List.of(row)).getFirst());
      }

      List<List<float[]>> together = run(graph, rows);
      List<List<float[]>> reversed = run(graph, rows.reversed()).reversed();
      for (int i = 0; i < 50; i++) {
        run(graph, rows.subList(0, 4)); // until the compiler has had its turn
      }
      List<List<float[]>> later = run(graph, rows);

      for (int i = 0; i < rows.size(); i++) {
        for (int step = 0; step <= DECODE_STEPS; step++) {
          float[] expected = alone.get(i).get(step);
          assertThat(Arrays.equals(together.get(i).get(step), expected))
              .as("together: row of %d tokens, step %d", LENGTHS[i], step)
              .isTrue();
          assertThat(Arrays.equals(reversed.get(i).get(step), expected))
              .as("reversed: row of %d tokens, step %d", LENGTHS[i], step)
              .isTrue();
          assertThat(Arrays.equals(later.get(i).get(step), expected))
              .as("later: row of %d tokens, step %d", LENGTHS[i], step)
              .isTrue();
        }
      }
    }
  }

  /** A prompt, the tokens that follow it, and how they are cached. */
  private static final class Row {
    private final ModelConfig model;
    private final KvCache kvCache;
    private final CachePolicy policy;
    private final int[] tokens;
    private SequenceCache cache;

    Row(ModelConfig model, KvCache kvCache, CachePolicy policy, int length) {
      this.model = model;
      this.kvCache = kvCache;
      this.policy = policy;
      this.tokens =
          new Random(length).ints(length + DECODE_STEPS, 0, model.vocabularySize()).toArray();
    }

    int length() {
      return tokens.length - DECODE_STEPS;
    }

    int[] tokens(int step) {
      return step == 0 ? Arrays.copyOf(tokens, length()) : new int[] {tokens[length() + step - 1]};
    }

    StepShare share(int step) {
      if (step == 0) {
        cache = kvCache.newSequence();
        return new StepShare.Prefill(
            cache, policy.prefill(PromptShape.of(length()), model.numLayers()));
      }
      return new StepShare.Decode(
          cache,
          length() + step - 1,
          step,
          policy.generation(PromptShape.of(length()), model.numLayers(), DECODE_STEPS));
    }
  }

  /** Logits by row, then step. */
  private static List<List<float[]>> run(DecoderGraph graph, List<Row> rows) {
    List<List<float[]>> logits = new ArrayList<>();
    rows.forEach(row -> logits.add(new ArrayList<>()));
    for (int step = 0; step <= DECODE_STEPS; step++) {
      int now = step;
      int[] tokens = rows.stream().flatMapToInt(row -> Arrays.stream(row.tokens(now))).toArray();
      try (Logits result = graph.run(rows.stream().map(row -> row.share(now)).toList(), tokens)) {
        for (int i = 0; i < rows.size(); i++) {
          logits.get(i).add(result.row(i).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
        }
      }
    }
    rows.forEach(row -> row.cache.close());
    return logits;
  }
}
