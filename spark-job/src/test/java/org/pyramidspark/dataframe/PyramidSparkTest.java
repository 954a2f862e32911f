package org.pyramidspark.dataframe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.errors.InvalidInputException;

/** DataFrames that are completed. */
class PyramidSparkTest {
  @TempDir static Path folder;
  private static SmallSession session;
  private static Map<String, JsonNode> mixedByCommand;
  private static Map<String, JsonNode> documentsByCommand;
  private static Map<String, JsonNode> drawnByCommand;

  @BeforeAll
  static void start() throws IOException {
    Path mixed = Files.createDirectory(folder.resolve("mixed")).resolve("mixed.jsonl");
    Files.writeString(
        mixed,
        """
        {"id": "text", "prompt": "Once upon a time", "reference": "Once upon a time there was"}
        {"id": "chat", "messages": [{"role": "user", "content": "What is a mill?"}]}
        {"id": "tokens", "prompt_token_ids": [5, 6, 7, 8], "max_new_tokens": 2}
        {"id": "empty", "prompt": " "}
        {"id": "none"}
        {"id": "two", "prompt": "a", "messages": [{"role": "user", "content": "b"}]}
        {"id": "role", "messages": [{"role": "robot", "content": "b"}]}
        {"id": "greedy", "prompt": "a", "max_new_tokens": 4000}
        {"prompt": "A row without an id"}
        """);
    Path documents = Files.createDirectory(folder.resolve("documents")).resolve("d.jsonl");
    Files.writeString(
        documents,
        """
        {"id": "a", "instructions": ["Sum up.", "Who?"], "input": "The mill burned.", "outputs": ["A fire.", "A mill."]}
        {"id": "b", "instructions": ["Sum up."], "input": "", "outputs": ["Nothing."]}
        """);
    mixedByCommand = SmallSession.byCommand(folder, mixed);
    documentsByCommand = SmallSession.byCommand(folder, documents);
    drawnByCommand =
        SmallSession.byCommand(
            folder, SmallSession.corpus(folder), "--temperature", "1", "--seed", "7");
    session = SmallSession.start(folder);
  }

  @AfterAll
  static void stop() {
    session.close();
  }

  private Dataset<Row> json(String name) {
    return session.spark().read().json(folder.resolve(name).toString());
  }

  private static Row completion(Row row) {
    return row.getAs("completion");
  }

  private static String text(JsonNode row, String field) {
    return row.get(field).isNull() ? null : row.get(field).asText();
  }

  private static void assertSame(Row completion, JsonNode byCommand) {
    for (String field : List.of("text", "finish_reason", "policy", "reference", "model_sha256")) {
      assertThat(completion.<String>getAs(field)).isEqualTo(text(byCommand, field));
    }
    for (String field : List.of("prompt_tokens", "generated_tokens")) {
      assertThat(completion.<Integer>getAs(field)).isEqualTo(byCommand.get(field).asInt());
    }
    assertThat(completion.<Long>getAs("seed")).isEqualTo(byCommand.get("seed").asLong());
    assertThat(sentence(completion.getAs("error"))).isEqualTo(sentence(text(byCommand, "error")));
  }

  /** An error without its place. */
  private static String sentence(String error) {
    return error == null ? null : error.replaceFirst("^[^:]*: ", "");
  }

  @Test
  void aRowIsCompletedAsTheCommandDoesIt() {
    Dataset<Row> rows = session.prompts();
    Dataset<Row> completed = PyramidSpark.generate(rows, session.settings());
    assertThat(completed.schema())
        .isEqualTo(rows.schema().add("completion", CompletionColumn.TYPE, false));
    Set<String> ids = new HashSet<>();
    for (Row row : completed.collectAsList()) {
      assertThat(row.<String>getAs("prompt")).startsWith("Story " + row.getAs("number"));
      assertSame(completion(row), session.byCommand(row.getAs("id")));
      assertThat(ids.add(row.getAs("id"))).isTrue();
    }
    assertThat(ids).hasSize(SmallSession.NUM_PROMPTS);
  }

  @Test
  void everyKindOfPromptAndEveryErrorIsAsInAFile() {
    List<Row> rows =
        PyramidSpark.generate(json("mixed").coalesce(1), session.settings()).collectAsList();
    assertThat(rows).hasSize(mixedByCommand.size());
    for (Row row : rows) {
      String id = row.getAs("id");
      if (id != null) {
        assertSame(completion(row), mixedByCommand.get(id));
      } else {
        JsonNode byCommand = mixedByCommand.get("mixed.jsonl#9");
        assertThat(completion(row).<String>getAs("text")).isEqualTo(text(byCommand, "text"));
      }
    }
    Row empty = rows.stream().filter(row -> "empty".equals(row.getAs("id"))).findFirst().get();
    assertThat(completion(empty).<String>getAs("error"))
        .isEqualTo("Partition 0, row 4: prompt is empty; give some text.");
  }

  @Test
  void aDocumentWithOneInstructionIsAsInTheLEvalFormat() {
    Dataset<Row> rows =
        json("documents")
            .selectExpr("id", "input AS document", "posexplode(arrays_zip(instructions, outputs))")
            .selectExpr(
                "id", "pos", "document", "col.instructions AS question", "col.outputs AS answer");
    GenerateSettings settings =
        session
            .settings()
            .with("input_column", "document")
            .with("instruction_column", "question")
            .with("reference_column", "answer");
    List<Row> completed = PyramidSpark.generate(rows, settings).collectAsList();
    assertThat(completed).hasSize(documentsByCommand.size());
    for (Row row : completed) {
      JsonNode byCommand = documentsByCommand.get(row.getAs("id") + "/" + row.getAs("pos"));
      assertThat(completion(row).<String>getAs("text")).isEqualTo(text(byCommand, "text"));
      assertThat(completion(row).<String>getAs("reference"))
          .isEqualTo(text(byCommand, "reference"));
      assertThat(sentence(completion(row).getAs("error")))
          .isEqualTo(sentence(text(byCommand, "error")));
    }
  }

  @Test
  void whatIsDrawnDependsOnSeedAndIdAlone() {
    GenerateSettings settings = session.settings().with("temperature", 1).with("seed", 7);
    for (int partitions : new int[] {1, 3}) {
      Dataset<Row> rows = session.prompts().repartition(partitions);
      for (Row row : PyramidSpark.generate(rows, settings).collectAsList()) {
        assertThat(completion(row).<String>getAs("text"))
            .isEqualTo(text(drawnByCommand.get(row.<String>getAs("id")), "text"));
      }
    }
  }

  @Test
  void nothingRunsBeforeAnActionAndThenTheRowsOfAPartitionRunTogether() throws Exception {
    int jobs = session.completed().jobs();
    Dataset<Row> completed =
        PyramidSpark.generate(
            session.prompts().coalesce(1), session.settings().with("max_sequences", 16));
    assertThat(session.completed().jobs()).isEqualTo(jobs);
    assertThat(session.completed().during(completed::collectAsList))
        .isEqualTo(SmallSession.NUM_PROMPTS);
    assertThat(session.completed().mostRunning()).isGreaterThan(8);
  }

  @Test
  void whatFollowsCompletesNoRowTwiceAndNoneThatNobodyAsksFor() throws Exception {
    Dataset<Row> completed = PyramidSpark.generate(session.prompts(), session.settings());
    List<Dataset<Row>> all =
        List.of(
            completed.orderBy("number"),
            completed.orderBy("completion.text", "id").withColumn("more", functions.lit(1)),
            completed.repartitionByRange(2, completed.col("number")),
            completed.groupBy("completion.finish_reason").count().orderBy("finish_reason"));
    for (Dataset<Row> rows : all) {
      assertThat(session.completed().during(rows::collectAsList))
          .isEqualTo(SmallSession.NUM_PROMPTS);
    }
    assertThat(session.completed().during(completed.filter("number < 5")::collectAsList))
        .isEqualTo(5);
    assertThat(session.completed().during(completed.orderBy("number").limit(3)::collectAsList))
        .isEqualTo(3);
    assertThat(session.completed().during(completed.select("id")::collectAsList)).isZero();
    assertThat(completed.orderBy("number").collectAsList())
        .extracting(row -> row.<Integer>getAs("number"))
        .isSorted();
    assertThat(completed.as("a").join(completed.as("b"), "id").collectAsList())
        .hasSize(SmallSession.NUM_PROMPTS);
  }

  @Test
  void whoeverStopsEarlyFreesTheEngine() {
    assertThat(PyramidSpark.generate(session.prompts(), session.settings()).takeAsList(1))
        .hasSize(1);
    GenerateSettings others = session.settings().with("max_sequences", 3);
    assertThat(PyramidSpark.generate(session.prompts(), others).count())
        .isEqualTo(SmallSession.NUM_PROMPTS);
  }

  @Test
  void twoModelsInOneTaskAreRefusedAndARepartitionMendsIt() {
    Path other = TinyModel.standard().withSeed(5).write(folder.resolve("other.gguf"));
    GenerateSettings second =
        session.settings().with("model", other).with("output_column", "second");
    Dataset<Row> first = PyramidSpark.generate(session.prompts(), session.settings());
    assertThatThrownBy(() -> PyramidSpark.generate(first, second).collectAsList())
        .hasStackTraceContaining("would need two engines at once");
    List<Row> rows = PyramidSpark.generate(first.repartition(2), second).collectAsList();
    assertThat(rows).hasSize(SmallSession.NUM_PROMPTS);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.<Row>getAs("second").<String>getAs("model_sha256"))
                    .isNotEqualTo(completion(row).getAs("model_sha256")));
  }

  @Test
  void aRowThatDoesNotFitIntoMemoryFallsBackAndSaysSo() {
    // Four pages of 64 entries for each KV head: 300 tokens do not fit.
    GenerateSettings settings =
        session
            .settings()
            .with("policy", "full")
            .with("compute", "float32")
            .with("kv_budget", 4 * 4 * 64 * 16 * 2 * 4)
            .with("max_new_tokens", 300)
            .with("ignore_eos", true);
    Dataset<Row> rows = session.prompts().limit(1);
    Row failed = completion(PyramidSpark.generate(rows, settings).first());
    Row fallen =
        completion(
            PyramidSpark.generate(
                    rows, settings.with("fallback_policy", "streaming-llm:budget_tokens=64"))
                .first());

    assertThat(failed.<String>getAs("error")).contains("and the KV budget is 131072");
    assertThat(failed.<String>getAs("retries")).isNull();
    assertThat(fallen.<String>getAs("retries")).isEqualTo("compressed");
    assertThat(fallen.<String>getAs("policy")).isEqualTo("streaming-llm");
    assertThat(fallen.<Integer>getAs("generated_tokens")).isEqualTo(300);
  }

  @Test
  void aSettingIsRefusedWhenItIsGiven() {
    assertThatThrownBy(() -> session.settings().with("max_tokens", 3))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no setting 'max_tokens'; the nearest is 'max_")
        .hasMessageContaining("prompt_column");
    assertThatThrownBy(() -> session.settings().with("max_new_tokens", 0))
        .hasMessage("Setting max_new_tokens is \"0\"; give a whole number from 1 to 2147483647.");
    assertThatThrownBy(() -> session.settings().with("stop", List.of("")))
        .hasMessage(
            "Setting stop is \"[\"\"]\"; give a JSON list of texts that are not empty, such as"
                + " [\"END\"].");
    assertThatThrownBy(() -> session.settings().with("kv_budget", "much"))
        .hasMessageContaining("Setting kv_budget is \"much\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompt_column | question | no such column; its columns are id, number, prompt",
        "prompt_column | number   | Column number is of type int",
        "id_column     | key      | no such column",
        "output_column | Number   | has a column Number already",
        "input_column  | prompt   | go together",
        "max_new_tokens | 5000    | the model's context holds 2048 tokens",
        "model         | /no/model.gguf | /no/model.gguf does not exist",
        "policy        | fulll    | There is no policy or preset 'fulll'",
        "fallback_policy | pyramid-plus | give one that keeps less, or leave it out",
      })
  void whatDoesNotServeIsRefusedBeforeAnythingRuns(String key, String value, String said) {
    int jobs = session.completed().jobs();
    assertThatThrownBy(
            () -> PyramidSpark.generate(session.prompts(), session.settings().with(key, value)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(said);
    assertThat(session.completed().jobs()).isEqualTo(jobs);
  }

  @Test
  void aDataFrameWithoutPromptsIsRefused() {
    assertThatThrownBy(
            () -> PyramidSpark.generate(session.prompts().drop("prompt"), session.settings()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "The DataFrame has no column prompt, messages, prompt_token_ids, nor both instruction and"
                + " input; its columns are id, number, so name one of them by the setting"
                + " prompt_column.");
    assertThatThrownBy(
            () -> PyramidSpark.generate(session.prompts(), Map.of("max_new_tokens", "3")))
        .hasMessageStartingWith("No model is given");
  }
}
