package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.EngineOptions.Kernel;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.MatMulDevice;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.graph.Devices;
import org.pyramidspark.tokens.Tokenizer;

/** MatMuls on another device than all else; a second CPU of TensorFlow's stands for a GPU. */
class MatMulDeviceTest {
  private static final MatMulDevice SECOND = new MatMulDevice(MatMulDevice.Kind.CPU, 1, "");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"FLOAT32, true", "FLOAT32, false", "BFLOAT16, true", "BFLOAT16, false"})
  void theTokensAreThoseOfOneDevice(ComputeType type, boolean tied) {
    Path model = TinyModel.standard().withTied(tied).write(folder.resolve("model.gguf"));
    EngineOptions options =
        EngineOptions.defaults()
            .withTypes(type, KvType.FLOAT32)
            // TensorFlow's own MatMuls on one device too.
            .withKernel(Kernel.SCALAR);
    assertThat(tokens(model, options.withMatMulDevice(SECOND))).isEqualTo(tokens(model, options));
  }

  private static List<String> tokens(Path model, EngineOptions options) {
    try (Checkpoint checkpoint = Checkpoint.open(model);
        Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary());
        InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
      assertThat(engine.kernels().contains("MatMuls on"))
          .isEqualTo(!options.matMulDevice().isHost());
      List<GenerationRequest> requests =
          List.of(request("full", 40), request("pyramid", 70), request("pyramid-plus", 55));
      List<String> results = new ArrayList<>();
      engine
          .generate(requests.iterator())
          .forEachRemaining(result -> results.add(result.id() + Arrays.toString(result.tokens())));
      return results.stream().sorted().toList();
    }
  }

  private static GenerationRequest request(String policy, int length) {
    CachePolicy named = NamedPolicy.parse(policy).policy();
    int[] prompt = new int[length];
    Arrays.setAll(prompt, i -> 3 + i * 7 % 50);
    return new GenerationRequest(
        policy, prompt, named, SamplingOptions.greedy(), 12, List.of(), true);
  }

  @Test
  void aGpuThatIsNotThereIsNeverReplacedByTheCpu() {
    MatMulDevice gpu = MatMulDevice.gpu("0");
    assumeFalse(Devices.failure(gpu).isEmpty(), "there is a GPU");
    Path model = TinyModel.standard().write(folder.resolve("model.gguf"));
    assertThatThrownBy(() -> tokens(model, EngineOptions.defaults().withMatMulDevice(gpu)))
        .hasMessageContaining("GPU:0");
    assertThat(Devices.failure(SECOND)).isEmpty();
  }
}
