package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A corpus of documents with several instructions each. */
class SharedDocumentTest {
  private static final int DOCUMENTS = 2;
  private static final int INSTRUCTIONS = 3;

  /** Of a document's 400 tokens, all of one character, and a few of the template before them. */
  private static final int SHARED = 384;

  /** Pages of 64 entries: 2 layers, 2 heads of 16, keys and values in float32. */
  private static final int BYTES_PER_TOKEN = 2 * 2 * 16 * 2 * 4;

  @TempDir Path folder;

  @BeforeEach
  void writeInputs() throws IOException {
    TestModel.write(folder);
    StringBuilder lines = new StringBuilder();
    for (int document = 0; document < DOCUMENTS; document++) {
      lines.append(
          """
          {"instructions": ["Sum up.", "Name the place.", "Who was hurt?"], "input": "%s"}
          """
              .formatted(("Mill %d burned down. ".formatted(document)).repeat(20)));
    }
    Files.writeString(folder.resolve("corpus.jsonl"), lines);
  }

  private List<JsonNode> generate(String policy, int tasks) throws IOException {
    Path output = folder.resolve("out");
    CommandRun run =
        CommandRun.generate(
            "--model",
            folder.resolve("model.gguf").toString(),
            "--input",
            folder.resolve("corpus.jsonl").toString(),
            "--output",
            output.toString(),
            "--overwrite",
            "--master",
            "local[2]",
            "--partitions",
            Integer.toString(tasks),
            "--compute",
            "float32",
            "--policy",
            policy,
            "--ignore-eos",
            "--max-new-tokens",
            "300");
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<JsonNode> rows = CommandRun.rows(output);
    assertThat(rows).hasSize(DOCUMENTS * INSTRUCTIONS);
    return rows;
  }

  @Test
  void instructionsOfADocumentShareItAndTheReportSaysWhatThatSaves() throws IOException {
    // However the corpus is dealt out, a document's rows are neighbours in one task.
    for (int tasks = 1; tasks <= 4; tasks++) {
      List<JsonNode> rows = generate("full", tasks);
      JsonNode kv = CommandRun.report(folder.resolve("out")).get("kv");

      long shared = rows.stream().mapToLong(row -> row.get("shared_prompt_tokens").asLong()).sum();
      assertThat(rows.stream().filter(row -> row.get("shared_prompt_tokens").asInt() > 0))
          .hasSize(DOCUMENTS * (INSTRUCTIONS - 1))
          .allMatch(row -> row.get("shared_prompt_tokens").asInt() == SHARED);
      assertThat(kv.get("shared_prompt_tokens").asLong()).isEqualTo(shared);
      assertThat(kv.get("shared_bytes").asLong()).isEqualTo(shared * BYTES_PER_TOKEN);
      assertThat(folder.resolve("out/report.md"))
          .content()
          .contains("%,d tokens were not computed again".formatted(shared));
    }
  }

  @Test
  void prunedPromptsShareNothing() throws IOException {
    assertThat(generate("pyramid", 1))
        .allMatch(row -> row.get("shared_prompt_tokens").asInt() == 0);
    assertThat(CommandRun.report(folder.resolve("out")).at("/kv/shared_prompt_tokens").asLong())
        .isZero();
  }
}
