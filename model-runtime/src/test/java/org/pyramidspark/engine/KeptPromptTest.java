package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.PyramidPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.Presets;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** What results say of the prompt's cache, against what a tracer sees. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeptPromptTest {
  private static final int LAYERS = 6;
  private static final CachePolicy PYRAMID =
      new PyramidPolicy(Presets.with(Presets.load("llama2-7b"), Map.of()));

  private Checkpoint checkpoint;
  private Tokenizer tokenizer;

  @BeforeAll
  void open(@TempDir Path folder) {
    TinyModel model =
        TinyModel.standard().withShape(new TinyModel.Shape(LAYERS, 64, 4, 2, 16, 128));
    checkpoint = Checkpoint.open(model.write(folder.resolve("tiny.gguf")));
    tokenizer = Tokenizer.of(checkpoint.vocabulary());
  }

  @AfterAll
  void close() {
    tokenizer.close();
    checkpoint.close();
  }

  private static List<int[]> prompts() {
    Random random = new Random(3);
    List<int[]> prompts = new ArrayList<>();
    for (int length : new int[] {1, 7, 64, 150, 333}) {
      prompts.add(random.ints(length, 5, 100).toArray());
    }
    return prompts;
  }

  /** Traced rows and others in one batch, in a budget that sets rows back. */
  private List<GenerationResult> results(CachePolicy policy) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int[] prompt : prompts()) {
      GenerationRequest request =
          new GenerationRequest(
              "row " + requests.size(),
              prompt,
              policy,
              SamplingOptions.greedy(),
              80,
              List.of(),
              true);
      requests.add(request.withTraced(true));
      requests.add(request);
    }
    EngineOptions options = EngineOptions.defaults().withKvBudget(2_000_000);
    try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
      List<GenerationResult> results = new ArrayList<>();
      engine.generate(requests.iterator()).forEachRemaining(results::add);
      return results;
    }
  }

  @Test
  void tracedRowsSayHowManyLayersHeldEachToken() {
    for (CachePolicy policy : List.of(PYRAMID, new FullPolicy())) {
      List<GenerationResult> results = results(policy);
      for (int[] prompt : prompts()) {
        double[] expected = traced(prompt, policy);
        assertThat(results)
            .filteredOn(result -> result.promptTokens() == prompt.length)
            .filteredOn(result -> result.keptPrompt().tokenLayers().isPresent())
            .singleElement()
            .satisfies(
                result ->
                    assertThat(result.keptPrompt().tokenLayers().orElseThrow())
                        .isEqualTo(expected));
      }
      assertThat(results).hasSize(2 * prompts().size());
    }
  }

  /** A token that the tracer sees to be dropped after layer l was in l + 1 caches. */
  private double[] traced(int[] prompt, CachePolicy policy) {
    try (CacheTracer tracer = CacheTracer.open(checkpoint, EngineOptions.defaults())) {
      CacheTrace trace = tracer.trace(new CacheTracer.Request(prompt, policy, 0));
      return Arrays.stream(trace.droppedAfterLayer())
          .mapToDouble(layer -> layer < 0 ? LAYERS : layer + 1)
          .toArray();
    }
  }

  @Test
  void layersAddUpToTheKeptFraction() {
    for (CachePolicy policy : List.of(PYRAMID, new FullPolicy())) {
      assertThat(results(policy))
          .allSatisfy(
              result -> {
                int[] entries = result.keptPrompt().layerEntries();
                assertThat(entries).hasSize(LAYERS);
                assertThat(Arrays.stream(entries).sum() / (double) (LAYERS * result.promptTokens()))
                    .isCloseTo(result.keptKvFraction(), within(1e-12));
              });
    }
  }
}
