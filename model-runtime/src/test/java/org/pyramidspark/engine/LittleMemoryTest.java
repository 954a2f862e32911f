package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** A process whose memory ends before its KV budget does. */
class LittleMemoryTest {
  private static final int SKIPPED = 77;

  @TempDir Path folder;

  @Test
  void rowsThatDoNotFitTogetherRunFewerAtOnce() throws Exception {
    Path model = TinyModel.standard().write(folder.resolve("model.gguf"));
    Path log = folder.resolve("log");
    int exitCode = OtherProcess.run(LimitedProcess.class, 256L << 20, log, model);
    assumeTrue(exitCode != SKIPPED, "this machine cannot limit a process's memory");
    assertThat(exitCode).as(Files.readString(log)).isZero();
  }

  /** Completes rows once with all memory that it likes, once with little more than it has. */
  static final class LimitedProcess {
    private static final int ROWS = 400;
    private static final long SLAB_BYTES = 16L << 20;

    private LimitedProcess() {}

    public static void main(String[] arguments) throws Exception {
      try (Checkpoint checkpoint = Checkpoint.open(Path.of(arguments[0]));
          Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary())) {
        EngineOptions options =
            EngineOptions.defaults().withThreads(1).withMaxSequences(ROWS).withMaxBatchTokens(4096);
        Map<String, String> expected;
        try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
          expected = run(engine);
        }
        try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
          engine.generate(List.of(request(0)).iterator()).next();
          // Room for one slab more, and for what is not a slab.
          limitMemory(SLAB_BYTES + 3 * SLAB_BYTES / 4);
          Map<String, String> results = run(engine);
          if (!results.equals(expected) || engine.metrics().setBacks() == 0) {
            throw new IllegalStateException(
                "%d set-backs; %s".formatted(engine.metrics().setBacks(), results));
          }
        }
      }
    }

    private static Map<String, String> run(InferenceEngine engine) {
      Map<String, String> texts = new TreeMap<>();
      engine
          .generate(IntStream.range(0, ROWS).mapToObj(LimitedProcess::request).iterator())
          .forEachRemaining(
              result -> texts.put(result.id(), result.text() + result.error().orElse("")));
      return texts;
    }

    private static GenerationRequest request(int row) {
      List<Integer> prompt = new ArrayList<>(Collections.nCopies(100, 5 + row % 90));
      prompt.set(0, 5 + row / 90);
      return new GenerationRequest(
          Integer.toString(row),
          prompt.stream().mapToInt(Integer::intValue).toArray(),
          new FullPolicy(),
          SamplingOptions.greedy(),
          60,
          List.of(),
          true);
    }

    private static void limitMemory(long more) throws Exception {
      long inUse =
          1024
              * Files.readAllLines(Path.of("/proc/self/status")).stream()
                  .filter(line -> line.startsWith("VmSize:"))
                  .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                  .findFirst()
                  .orElse(0);
      String pid = Long.toString(ProcessHandle.current().pid());
      if (new ProcessBuilder("prlimit", "--pid", pid, "--as=" + (inUse + more)).start().waitFor()
          != 0) {
        System.exit(SKIPPED);
      }
    }
  }
}
