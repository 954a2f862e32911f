package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** An engine's first row comes soon, and holds up nobody for long. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirstRowTest {
  private static final List<Integer> PROMPTS = List.of(300, 40, 500, 20, 100);
  private static final int SHORTEST = 3;

  private Checkpoint checkpoint;
  private Tokenizer tokenizer;

  @BeforeAll
  void open(@TempDir Path folder) {
    checkpoint = Checkpoint.open(TinyModel.standard().write(folder.resolve("tiny.gguf")));
    tokenizer = Tokenizer.of(checkpoint.vocabulary());
  }

  @AfterAll
  void close() {
    tokenizer.close();
    checkpoint.close();
  }

  private InferenceEngine engine() {
    return InferenceEngine.open(checkpoint, tokenizer, EngineOptions.defaults());
  }

  /** Prompts that all finish with their first token, but for the shortest. */
  private static List<GenerationRequest> requests(int newTokensOfShortest) {
    return IntStream.range(0, PROMPTS.size())
        .mapToObj(row -> request(row, row == SHORTEST ? newTokensOfShortest : 1))
        .toList();
  }

  private static GenerationRequest request(int row, int newTokens) {
    int[] prompt = new int[PROMPTS.get(row)];
    Arrays.fill(prompt, 5 + row);
    return new GenerationRequest(
        Integer.toString(row),
        prompt,
        new FullPolicy(),
        SamplingOptions.greedy(),
        newTokens,
        List.of(),
        true);
  }

  private static List<String> finished(InferenceEngine engine, List<GenerationRequest> requests) {
    List<String> ids = new ArrayList<>();
    engine.generate(requests.iterator()).forEachRemaining(result -> ids.add(result.id()));
    return ids;
  }

  @Test
  void theShortestPromptIsCompletedFirstAndOnce() {
    try (InferenceEngine engine = engine()) {
      assertThat(finished(engine, requests(200))).startsWith("3").hasSize(PROMPTS.size());
      assertThat(finished(engine, requests(200))).endsWith("3").hasSize(PROMPTS.size());
    }
  }

  @Test
  void aLongCompletionHasCompanySoon() {
    try (InferenceEngine engine = engine()) {
      assertThat(finished(engine, requests(1000))).endsWith("3").hasSize(PROMPTS.size());
    }
  }

  @Test
  void whenNobodyWaitsForTheFirstRowAnotherIsChosen() {
    try (InferenceEngine engine = engine()) {
      try (ResultStream given = engine.generate(requests(2000).iterator())) {
        assertThat(given.hasNext()).isTrue();
      }
      assertThat(finished(engine, requests(200))).hasSize(PROMPTS.size());
    }
  }

  @Test
  void aFirstRowThatFailsHoldsUpNobody() {
    try (KvCache kvCache = new KvCache(checkpoint.config(), KvType.FLOAT32, ComputeType.FLOAT32)) {
      BatchScheduler scheduler =
          new BatchScheduler(EngineOptions.defaults(), new KvBudget(kvCache, 1 << 30));
      List<Sequence> sequences =
          requests(10).stream().map(request -> sequence(request, kvCache)).toList();
      sequences.forEach(scheduler::add);
      Sequence first = sequences.get(SHORTEST);

      assertThat(scheduler.choosesFirstRow()).isTrue();
      assertThat(scheduler.next(true))
          .isEqualTo(new BatchScheduler.Step(List.of(), List.of(first)));
      assertThat(scheduler.next(true))
          .isEqualTo(new BatchScheduler.Step(List.of(first), List.of()));
      scheduler.remove(List.of(first));

      assertThat(scheduler.choosesFirstRow()).isFalse();
      assertThat(scheduler.next(true).prompts()).hasSize(PROMPTS.size() - 1);
    }
  }

  private Sequence sequence(GenerationRequest request, KvCache kvCache) {
    Submission submission =
        new Submission(request, new TokenCounter(), result -> {}, () -> false, 0);
    return new Sequence(submission, checkpoint.config(), tokenizer, kvCache);
  }
}
