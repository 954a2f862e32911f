package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSummaryTest {
  @TempDir Path folder;

  @Test
  void saysWhatTheFileHolds() throws IOException {
    TinyModel model = TinyModel.standard().withType(TensorType.Q8_0);
    Path file = model.write(folder.resolve("model.gguf"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      ModelSummary summary = ModelSummary.of(checkpoint);
      assertThat(summary.config()).isEqualTo(checkpoint.config());
      assertThat(summary.file()).isEqualTo(file.toString());
      assertThat(summary.fileBytes()).isEqualTo(Files.size(file));
      assertThat(summary.sha256()).matches("[0-9a-f]{64}").isEqualTo(checkpoint.sha256());
      // Embeddings, then for each layer q and output, k and v, the feed-forward matrices, two
      // norms.
      long matrices = 265 * 64 + 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128);
      long norms = 5 * 64;
      assertThat(summary.parameters()).isEqualTo(matrices + norms);
      assertThat(summary.tensorTypes())
          .containsOnly(Map.entry("Q8_0", matrices / 32 * 34), Map.entry("F32", norms * 4));
      assertThat(summary.tensorCounts()).containsOnly(Map.entry("Q8_0", 15), Map.entry("F32", 5));
      assertThat(summary.preTokenizer()).isEqualTo("gpt-2");
      assertThat(summary.bosToken()).hasValue(1);
      assertThat(summary.eosToken()).hasValue(2);
      assertThat(summary.endTokens()).containsEntry(2, "<|im_end|>").containsOnlyKeys(0, 2);
      assertThat(summary.hasChatTemplate()).isTrue();
      // Keys and values, 2 layers, 2 KV heads of 16.
      assertThat(summary.kvBytesPerToken())
          .containsEntry("float32", 2L * 2 * 2 * 16 * 4)
          .containsEntry("bfloat16", 2L * 2 * 2 * 16 * 2)
          .containsEntry("int8", 2L * 2 * 2 * (16 + 4));
    }
  }
}
