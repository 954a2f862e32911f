package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** An executor's heap is small, and what the engine needs lies outside of it. */
class SmallHeapTest {
  private static final long HEAP_BYTES = 96L << 20;

  @TempDir Path folder;

  @Test
  void memoryOutsideTheHeapMayBeManyTimesTheHeap() throws Exception {
    Path model = TinyModel.standard().write(folder.resolve("model.gguf"));
    Path log = folder.resolve("log");
    int exitCode = OtherProcess.run(BigProcess.class, HEAP_BYTES, log, model);
    assertThat(exitCode).as(Files.readString(log)).isZero();
  }

  /** Takes eight times its heap, then completes a prompt. */
  static final class BigProcess {
    private BigProcess() {}

    public static void main(String[] arguments) throws IOException {
      Arena.global().allocate(8 * HEAP_BYTES).fill((byte) 1);
      try (Checkpoint checkpoint = Checkpoint.open(Path.of(arguments[0]));
          Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary());
          InferenceEngine engine =
              InferenceEngine.open(
                  checkpoint, tokenizer, EngineOptions.defaults().withThreads(1))) {
        GenerationRequest request =
            new GenerationRequest(
                "one",
                new int[] {5, 6, 7},
                new FullPolicy(),
                SamplingOptions.greedy(),
                2,
                List.of(),
                true);
        GenerationResult result = engine.generate(List.of(request).iterator()).next();
        if (result.finishReason() != FinishReason.LENGTH) {
          throw new IllegalStateException(result.toString());
        }
      }
    }
  }
}
