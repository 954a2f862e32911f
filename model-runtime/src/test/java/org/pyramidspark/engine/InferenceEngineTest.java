package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.pyramidspark.RealModel;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** How completions end, and that every request gets a result whatever happens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InferenceEngineTest {
  private static final String CHAT =
      "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n";

  private Checkpoint checkpoint;
  private Tokenizer tokenizer;
  private InferenceEngine engine;

  @BeforeAll
  void open() {
    checkpoint = Checkpoint.open(RealModel.path());
    tokenizer = Tokenizer.of(checkpoint.vocabulary());
    engine = InferenceEngine.open(checkpoint, tokenizer, EngineOptions.defaults());
  }

  @AfterAll
  void close() {
    engine.close();
    tokenizer.close();
    checkpoint.close();
  }

  private GenerationRequest chat(
      String id, int maxNewTokens, List<String> stop, boolean ignoreEos) {
    return request(id, tokenizer.encodeTemplate(CHAT), maxNewTokens, stop, ignoreEos);
  }

  private static GenerationRequest request(
      String id, int[] prompt, int maxNewTokens, List<String> stop, boolean ignoreEos) {
    return new GenerationRequest(
        id, prompt, new FullPolicy(), SamplingOptions.greedy(), maxNewTokens, stop, ignoreEos);
  }

  private GenerationResult complete(GenerationRequest request) {
    return engine.generate(List.of(request).iterator()).next();
  }

  @Test
  void endsAtTheModelsEndToken() {
    GenerationResult result = complete(chat("eos", 60, List.of(), false));
    assertThat(result.finishReason()).isEqualTo(FinishReason.EOS);
    assertThat(result.text()).contains("Paris").doesNotContain("<|im_end|>");
    assertThat(result.generatedTokens()).isEqualTo(result.tokens().length + 1);
    assertThat(result.text()).isEqualTo(tokenizer.decode(result.tokens()));
  }

  @Test
  void goesOnAfterAnEndTokenWhenTold() {
    GenerationResult result = complete(chat("on", 60, List.of(), true));
    assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(result.tokens()).hasSize(60);
  }

  @Test
  void endsBeforeAStopString() {
    String whole = complete(chat("whole", 60, List.of(), false)).text();
    int cut = whole.indexOf("Paris") + 2;
    String stop = whole.substring(cut, cut + 2);
    GenerationResult result = complete(chat("stop", 60, List.of("never said", stop), false));
    assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(result.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
  }

  @Test
  void endsAtTheLimitOfNewTokens() {
    GenerationResult result = complete(chat("length", 2, List.of(), false));
    assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(result.tokens()).hasSize(2);
  }

  @Test
  void badRequestsBecomeErrorResultsAmongGoodOnes() {
    int context = checkpoint.config().contextLength();
    List<GenerationRequest> requests =
        List.of(
            request("empty", new int[0], 4, List.of(), false),
            request("long", new int[context], 4, List.of(), false),
            request("foreign", new int[] {1, 49152}, 4, List.of(), false),
            request("none", new int[] {1}, 0, List.of(), false),
            chat("good", 4, List.of(), false));
    List<GenerationResult> results = new ArrayList<>();
    engine.generate(requests.iterator()).forEachRemaining(results::add);
    assertThat(results)
        .extracting(GenerationResult::id)
        .containsExactlyInAnyOrder("empty", "long", "foreign", "none", "good");
    for (GenerationResult result : results) {
      boolean good = result.id().equals("good");
      assertThat(result.finishReason() == FinishReason.ERROR).isEqualTo(!good);
      assertThat(result.error().isPresent()).isEqualTo(!good);
    }
  }

  /** Tasks of one executor share an engine; each gets its own rows, whole. */
  @Test
  void callersShareTheEngineAndGetTheirOwnRows() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(3)) {
      List<Future<List<String>>> futures =
          Stream.of("a", "b", "c").map(name -> callers.submit(() -> idsOf(name))).toList();
      for (int i = 0; i < 3; i++) {
        String name = "abc".substring(i, i + 1);
        assertThat(futures.get(i).get())
            .containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, 40).mapToObj(row -> name + row).toList());
      }
    }
    assertThat(engine.metrics().kvBytes()).isZero();
  }

  private List<String> idsOf(String name) {
    List<String> ids = new ArrayList<>();
    engine
        .generate(
            IntStream.range(0, 40)
                .mapToObj(row -> chat(name + row, 1 + row % 7, List.of(), true))
                .iterator())
        .forEachRemaining(result -> ids.add(result.id()));
    return ids;
  }

  @Test
  void aClosedStreamGivesItsMemoryBack() {
    try (ResultStream stream =
        engine.generate(
            IntStream.range(0, 20)
                .mapToObj(i -> chat("gone" + i, 4000, List.of(), true))
                .iterator())) {
      assertThat(stream.hasNext()).isTrue();
    }
    complete(chat("next", 2, List.of(), true));
    assertThat(engine.metrics().kvBytes()).isZero();
  }

  @Test
  void aClosedEngineFailsWhatItHadNotFinished() {
    InferenceEngine closing = InferenceEngine.open(checkpoint, tokenizer, EngineOptions.defaults());
    ResultStream stream =
        closing.generate(
            IntStream.range(0, 5).mapToObj(i -> chat("row" + i, 4000, List.of(), true)).iterator());
    assertThat(stream.hasNext()).isTrue();
    closing.close();
    List<GenerationResult> results = new ArrayList<>();
    stream.forEachRemaining(results::add);
    assertThat(results).hasSize(5).allMatch(result -> result.finishReason() == FinishReason.ERROR);
  }
}
