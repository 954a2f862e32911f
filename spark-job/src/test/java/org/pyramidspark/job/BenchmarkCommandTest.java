package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.checkpoint.TinyModel;
import picocli.CommandLine;

/** What {@code benchmark} prints; no figure is held to anything. */
class BenchmarkCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command =
        JobCommands.commandLine(new BenchmarkCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  private String model() {
    return TinyModel.standard().write(folder.resolve("tiny.gguf")).toString();
  }

  private String workload(String lines) throws Exception {
    return Files.writeString(folder.resolve("work.jsonl"), lines).toString();
  }

  @Test
  void measuresEveryPolicyAloneAndInSpark() throws Exception {
    String work =
        workload(
            "{\"id\": \"a\", \"prompt_token_ids\": [9, 8, 7, 6]}\n\n"
                + "{\"id\": \"b\", \"prompt_token_ids\": [5, 6]}\n");
    int exitCode =
        run(
            "--model",
            model(),
            "--workload",
            work,
            "--policy",
            "full",
            "--policy",
            "llama2-7b:prefill_decay=0.5",
            "--max-new-tokens",
            "4",
            "--repeat",
            "2",
            "--spark",
            "--json");

    assertThat(exitCode).as(err.toString()).isZero();
    JsonNode report = new JsonMapper().readTree(out.toString());
    assertThat(report.at("/rows").asInt()).isEqualTo(2);
    assertThat(report.at("/prompt_tokens").asInt()).isEqualTo(6);
    assertThat(report.at("/rates/memory_gbytes").asDouble()).isPositive();
    assertThat(report.at("/policies")).hasSize(2);
    for (JsonNode policy : report.at("/policies")) {
      assertThat(policy.at("/all_total_seconds")).hasSize(2);
      assertThat(policy.at("/total_seconds").asDouble()).isPositive();
      assertThat(policy.at("/ideal_seconds").asDouble()).isPositive();
      assertThat(policy.at("/spark_seconds").asDouble()).isPositive();
      assertThat(policy.at("/most_running_rows").asInt()).isBetween(1, 2);
      assertThat(policy.at("/breakdown")).isNotEmpty();
    }
    assertThat(err.toString()).contains("warm-up");
  }

  @Test
  void refusesWhatMeansNothing() throws Exception {
    String work = workload("{\"prompt\": \"text\"}\n");
    assertThat(run("--model", model(), "--workload", work)).isEqualTo(JobCommands.BAD_INPUT);
    assertThat(run("--model", model(), "--policy", "full:decay=1"))
        .isEqualTo(JobCommands.BAD_INPUT);
    assertThat(run("--model", model(), "--policy", "llama2-7b:decay"))
        .isEqualTo(JobCommands.BAD_INPUT);
    assertThat(run("--model", model(), "--kv-budget", "many")).isEqualTo(JobCommands.BAD_INPUT);
    assertThat(run("--model", model(), "--repeat", "0")).isEqualTo(JobCommands.BAD_INPUT);
    assertThat(err.toString())
        .contains("work.jsonl, line 1", "full has no settings", "no change of a setting", "'many'");
  }
}
