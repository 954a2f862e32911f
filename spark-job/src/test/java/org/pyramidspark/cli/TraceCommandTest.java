package org.pyramidspark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The trace command through its front door, held to the independent reference's numbers. */
class TraceCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private record Run(int exitCode, String out, String err) {}

  private static Run trace(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = PyramidSpark.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] all = new String[arguments.length + 3];
    all[0] = "trace";
    all[1] = "--model";
    all[2] = System.getProperty("pyramid.test.model", System.getenv("PYRAMID_TEST_MODEL"));
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return new Run(command.execute(all), out.toString(), err.toString());
  }

  private static JsonNode lighthouse() throws IOException {
    try (InputStream in = TraceCommandTest.class.getResourceAsStream("/golden/pyramid.json")) {
      return JSON.readTree(in).get("prompts").get(0);
    }
  }

  @Test
  void jsonHasTheReferencesNumbers() throws IOException {
    JsonNode prompt = lighthouse();
    Path file = Files.writeString(folder.resolve("prompt.txt"), prompt.get("text").asText());
    Run run =
        trace(
            "--prompt",
            file.toString(),
            "--preset",
            "llama2-7b",
            "--max-new-tokens",
            "24",
            "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode ours = JSON.readTree(run.out());
    JsonNode golden = prompt.get("cases").get(1);
    assertThat(ours.get("preset")).isEqualTo(golden.get("preset"));
    for (String field : new String[] {"prefill_kv_lengths", "dropped_after_layer"}) {
      assertThat(ours.get(field)).as(field).isEqualTo(golden.get(field));
    }
    golden
        .get("settings")
        .properties()
        .forEach(s -> assertThat(ours.get("settings").get(s.getKey())).isEqualTo(s.getValue()));
    for (int step = 0; step < 24; step++) {
      assertThat(ours.get("kv_tokens_total_by_step").get(step))
          .isEqualTo(golden.get("kv_tokens_total_by_step").get(step));
      assertThat(ours.get("kv_lengths_by_step").get("29").get(step))
          .isEqualTo(golden.get("kv_lengths_by_step").get("29").get(step));
    }
    assertThat(ours.get("last_logits_top10").get(0).get(1).asDouble())
        .isEqualTo(golden.get("last_logits_top10").get(0).get(1).asDouble(), within(2e-3));
  }

  @Test
  void overridesChangeSingleSettings() throws IOException {
    Path file = folder.resolve("tokens.json");
    JSON.writeValue(file.toFile(), lighthouse().get("tokens"));
    Run run =
        trace(
            "--tokens",
            file.toString(),
            "--preset",
            "llama2-7b",
            "--set",
            "prefill_decay=0.5",
            "--set",
            "min_context=8",
            "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode ours = JSON.readTree(run.out());
    assertThat(ours.get("settings").get("prefill_decay").asDouble()).isEqualTo(0.5);
    assertThat(ours.get("prefill_kv_lengths").get(29).asInt())
        .isLessThan(lighthouse().get("cases").get(1).get("prefill_kv_lengths").get(29).asInt());
  }

  @Test
  void showsTheTextToPeople() throws IOException {
    Path file = Files.writeString(folder.resolve("prompt.txt"), lighthouse().get("text").asText());
    Run run = trace("--prompt", file.toString(), "--preset", "llama2-7b");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("layer  29").contains("Best next tokens").contains("·");
  }

  @Test
  void badInputIsOneSentence() throws IOException {
    Path words = Files.writeString(folder.resolve("words.txt"), "one two");
    Path foreign = Files.writeString(folder.resolve("foreign.txt"), "1 2 49152");
    Path good = Files.writeString(folder.resolve("good.txt"), "1, 2\n3");
    assertError("not a list", "--tokens", words.toString(), "--preset", "full");
    assertError("49152", "--tokens", foreign.toString(), "--preset", "full");
    assertError("cannot be read", "--prompt", folder + "/none", "--preset", "full");
    assertError("no-such", "--tokens", good.toString(), "--preset", "no-such");
    assertError("--set", "--tokens", good.toString(), "--preset", "full", "--set", "gen_decay=1");
    assertError(
        "gen_decay", "--tokens", good.toString(), "--preset", "llama2-7b", "--set", "gen_dekay=1");
  }

  private static void assertError(String mention, String... arguments) {
    Run run = trace(arguments);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(mention).hasLineCount(1);
  }
}
