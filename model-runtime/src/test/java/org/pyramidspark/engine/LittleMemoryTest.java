package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** A process whose memory ends before its KV budget does. */
class LittleMemoryTest {
  private static final int SKIPPED = 77;
  private static final long SLAB_BYTES = 16L << 20;

  @TempDir Path folder;

  @Test
  void rowsThatDoNotFitTogetherRunFewerAtOnce() throws Exception {
    run(LimitedProcess.class, TinyModel.standard());
  }

  @Test
  void aRowThatDoesNotFitAloneFallsBackOrFails() throws Exception {
    run(
        LargeRows.class,
        TinyModel.standard().withShape(new TinyModel.Shape(2, 64, 32, 32, 128, 128)));
  }

  private void run(Class<?> main, TinyModel tiny) throws Exception {
    Path model = tiny.write(folder.resolve("model.gguf"));
    Path log = folder.resolve("log");
    int exitCode = OtherProcess.run(main, 256L << 20, log, model);
    assumeTrue(exitCode != SKIPPED, "this machine cannot limit a process's memory");
    assertThat(exitCode).as(Files.readString(log)).isZero();
  }

  /** From now on the process has room for one slab more, and for what is not a slab. */
  private static void limitMemory() throws Exception {
    long inUse =
        1024
            * Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmSize:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    String limit = "--as=" + (inUse + SLAB_BYTES + 3 * SLAB_BYTES / 4);
    String pid = Long.toString(ProcessHandle.current().pid());
    if (new ProcessBuilder("prlimit", "--pid", pid, limit).start().waitFor() != 0) {
      System.exit(SKIPPED);
    }
  }

  private static GenerationRequest request(String id, int[] prompt, int newTokens) {
    return new GenerationRequest(
        id, prompt, new FullPolicy(), SamplingOptions.greedy(), newTokens, List.of(), true);
  }

  private static Map<String, GenerationResult> run(
      InferenceEngine engine, Stream<GenerationRequest> requests) {
    Map<String, GenerationResult> results = new TreeMap<>();
    engine
        .generate(requests.iterator())
        .forEachRemaining(result -> results.put(result.id(), result));
    return results;
  }

  /** Completes rows once with all memory that it likes, once with little more than it has. */
  static final class LimitedProcess {
    private static final int ROWS = 400;

    private LimitedProcess() {}

    public static void main(String[] arguments) throws Exception {
      try (Checkpoint checkpoint = Checkpoint.open(Path.of(arguments[0]));
          Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary())) {
        EngineOptions options =
            EngineOptions.defaults().withThreads(1).withMaxSequences(ROWS).withMaxBatchTokens(4096);
        List<String> expected;
        try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
          expected = texts(run(engine, requests()));
        }
        try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
          run(engine, Stream.of(request(0)));
          limitMemory();
          Map<String, GenerationResult> results = run(engine, requests());

          assertThat(texts(results)).isEqualTo(expected);
          assertThat(engine.metrics().setBacks()).isPositive();
          assertThat(results.values())
              .anyMatch(result -> result.retries().contains(RetryStep.HALVED))
              .noneMatch(result -> result.retries().contains(RetryStep.COMPRESSED));
        }
      }
    }

    private static List<String> texts(Map<String, GenerationResult> results) {
      return results.values().stream()
          .map(result -> result.text() + result.error().orElse(""))
          .toList();
    }

    private static Stream<GenerationRequest> requests() {
      return IntStream.range(0, ROWS).mapToObj(LimitedProcess::request);
    }

    private static GenerationRequest request(int row) {
      int[] prompt = new int[100];
      Arrays.fill(prompt, 5 + row % 90);
      prompt[0] = 5 + row / 90;
      return LittleMemoryTest.request(Integer.toString(row), prompt, 60);
    }
  }

  /** Two rows that have not enough memory, not even each alone: one of them may fall back. */
  static final class LargeRows {
    /** Of a cache that takes 64 KiB for each: 60 MB in all. */
    private static final int NEW_TOKENS = 950;

    private static final CachePolicy SMALL =
        Policies.of("streaming-llm", Map.of("budget_tokens", "64"));

    private LargeRows() {}

    public static void main(String[] arguments) throws Exception {
      try (Checkpoint checkpoint = Checkpoint.open(Path.of(arguments[0]));
          Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary())) {
        EngineOptions options = EngineOptions.defaults().withThreads(1);
        String small;
        try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
          assertThat(run(engine, requests()).values())
              .allMatch(result -> result.error().isEmpty() && result.retries().isEmpty());
          small = run(engine, Stream.of(falling().fallenBack())).get("falls").text();
        }
        try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
          run(engine, Stream.of(request("first", new int[] {5}, 1)));
          limitMemory();
          Map<String, GenerationResult> results = run(engine, requests());

          GenerationResult fails = results.get("fails");
          assertThat(fails.error().orElseThrow()).contains("ran out while this row ran alone");
          assertThat(fails.retries()).containsOnly(RetryStep.HALVED, RetryStep.ALONE);
          GenerationResult falls = results.get("falls");
          assertThat(falls.error()).isEmpty();
          assertThat(falls.text()).isEqualTo(small);
          assertThat(falls.retries())
              .containsOnly(RetryStep.HALVED, RetryStep.COMPRESSED, RetryStep.ALONE);
        }
      }
    }

    private static Stream<GenerationRequest> requests() {
      return Stream.of(request("fails", new int[] {5, 6, 7}, NEW_TOKENS), falling());
    }

    private static GenerationRequest falling() {
      return request("falls", new int[] {8, 9, 10}, NEW_TOKENS).withFallback(Optional.of(SMALL));
    }
  }
}
