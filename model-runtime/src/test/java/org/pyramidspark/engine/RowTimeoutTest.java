package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** Rows that take too long. */
class RowTimeoutTest {
  @TempDir Path folder;

  private static GenerationRequest request(String id) {
    return new GenerationRequest(
        id, new int[] {5, 6, 7}, new FullPolicy(), SamplingOptions.greedy(), 100, List.of(), true);
  }

  @Test
  void aRowThatTakesTooLongIsAnErrorAndOthersGoOn() {
    Path file = TinyModel.standard().write(folder.resolve("model.gguf"));
    Map<String, GenerationResult> results = new TreeMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(file);
        Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary());
        InferenceEngine engine =
            InferenceEngine.open(checkpoint, tokenizer, EngineOptions.defaults())) {
      engine
          .generate(List.of(request("slow").withTimeout(1), request("other")).iterator())
          .forEachRemaining(result -> results.put(result.id(), result));

      assertThat(engine.metrics().kvBytes()).isZero();
    }
    assertThat(results.get("other").generatedTokens()).isEqualTo(100);
    assertThat(results.get("slow").finishReason()).isEqualTo(FinishReason.ERROR);
    assertThat(results.get("slow").error().orElseThrow())
        .contains("ran for longer than its limit", "up to 100 tokens");
  }
}
