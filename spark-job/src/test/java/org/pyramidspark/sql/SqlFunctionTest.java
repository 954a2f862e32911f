package org.pyramidspark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pyramidspark.dataframe.SmallSession.MAX_NEW_TOKENS;
import static org.pyramidspark.dataframe.SmallSession.NUM_PROMPTS;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.dataframe.CompletionColumn;
import org.pyramidspark.dataframe.SmallSession;

/** {@code SELECT generate(prompt)}: what it gives, and how often a row is completed for it. */
class SqlFunctionTest {
  @TempDir static Path folder;
  private static SmallSession session;

  @BeforeAll
  static void start() throws IOException {
    session = SmallSession.startWithFunctions(folder);
    session.prompts().createOrReplaceTempView("t");
  }

  @AfterAll
  static void stop() {
    session.close();
  }

  @BeforeEach
  void configure() {
    session.spark().conf().set("spark.pyramid.model", session.model().toString());
    session.spark().conf().set("spark.pyramid.max_new_tokens", MAX_NEW_TOKENS);
  }

  private static Dataset<Row> sql(String query) {
    return session.spark().sql(query);
  }

  private static List<Row> rows(String query) {
    return sql(query).collectAsList();
  }

  /** Completions that it took to run a query. */
  private static long completed(String query) throws Exception {
    return session.completed().during(() -> rows(query));
  }

  private static String byCommand(Row row) {
    return session.byCommand(row.getAs("id")).get("text").asText();
  }

  @Test
  void aCallGivesTheTextThatTheCommandWrites() throws Exception {
    String query = "SELECT id, generate(prompt) AS answer FROM t";
    List<Row> rows = rows(query);
    assertThat(rows).hasSize(NUM_PROMPTS);
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.<String>getAs("answer")).isEqualTo(byCommand(row)));
    session.spark().conf().set("spark.pyramid.max_sequences", 16);
    assertThat(completed(query)).isEqualTo(NUM_PROMPTS);
    session.spark().conf().unset("spark.pyramid.max_sequences");
    assertThat(session.completed().mostRunning()).as("rows at once").isGreaterThan(8);
  }

  @Test
  void aCallIsNamedAsItIsWritten() {
    assertThat(sql("SELECT generate(prompt) FROM t").columns()).containsExactly("generate(prompt)");
    assertThat(sql("SELECT generate_row(prompt) AS c FROM t").schema().apply("c").dataType())
        .isEqualTo(CompletionColumn.TYPE);
    assertThat(rows("DESCRIBE FUNCTION generate").toString()).contains("generate(prompt[");
  }

  @Test
  void aRowsStructHasItsErrorAndItsCounts() {
    List<Row> rows =
        rows(
            "SELECT c.* FROM (SELECT generate_row(p, 'max_new_tokens=2') AS c"
                + " FROM VALUES ('a mill'), (''), (NULL) AS v(p)) ORDER BY c.error NULLS FIRST");
    assertThat(rows.get(0).<Integer>getAs("generated_tokens")).isLessThanOrEqualTo(2);
    assertThat(rows.get(1).<String>getAs("error")).contains("prompt is empty");
    assertThat(rows.get(2).<String>getAs("error")).contains("the row has no prompt");
  }

  @Test
  void thePromptsTypeSaysWhatItIs() {
    Row row =
        rows("SELECT generate_row(array(named_struct('role', 'user', 'content', 'a mill'))) c,"
                + " generate_row(array(5, 6, 7)) t, generate_row('a mill') s")
            .getFirst();
    assertThat(row.getStruct(1).<Integer>getAs("prompt_tokens")).isEqualTo(3);
    assertThat(row.getStruct(0).<Integer>getAs("prompt_tokens"))
        .isGreaterThan(row.getStruct(2).<Integer>getAs("prompt_tokens"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT g, length(g) FROM (SELECT generate(prompt) AS g FROM t)",
        "SELECT generate(prompt), length(generate(prompt)), generate_row(prompt).error FROM t",
        "SELECT generate(prompt) AS g, length(g) AS n FROM t",
        "SELECT g FROM (SELECT generate(prompt) AS g FROM t) WHERE length(g) >= 0 AND g IS NOT NULL",
        "SELECT max(g), count(g) FROM (SELECT number % 3 AS k, generate(prompt) AS g FROM t)"
            + " GROUP BY k",
        "SELECT id FROM t WHERE length(generate(prompt)) >= 0",
        "SELECT generate(prompt) AS g FROM t ORDER BY number DESC",
        "WITH c AS (SELECT id, generate(prompt) AS g FROM t)"
            + " SELECT a.g, b.g FROM c a JOIN c b ON a.id = b.id",
        "SELECT a.id, generate(concat(a.prompt, b.id)) FROM t a JOIN t b ON a.number = b.number",
      })
  void eachRowIsCompletedOnce(String query) throws Exception {
    assertThat(completed(query)).isEqualTo(NUM_PROMPTS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT generate(prompt) FROM t WHERE number < 5 | 5",
        "SELECT * FROM (SELECT number, generate(prompt) AS g FROM t) WHERE number < 5 | 5",
        "SELECT id FROM t WHERE generate(prompt) IS NOT NULL AND number < 5 | 5",
        "SELECT g FROM (SELECT number, generate(prompt) g FROM t) WHERE number < 5 AND g > '' | 5",
        "SELECT count(*) FROM (SELECT generate(prompt) AS g FROM t) | 0",
        "SELECT id FROM (SELECT id, generate(prompt) AS g FROM t) | 0",
        "SELECT generate(prompt) FROM t LIMIT 4 | 4",
        "SELECT generate(prompt) FROM t ORDER BY number LIMIT 4 | 4",
        "SELECT number, generate(prompt) AS g FROM t ORDER BY number DESC, id LIMIT 4 | 4",
        "SELECT number, generate(prompt) AS g FROM t ORDER BY g LIMIT 4 | 60",
      })
  void noRowIsCompletedThatNobodyAsksFor(String query, int rows) throws Exception {
    assertThat(completed(query)).isEqualTo(rows);
  }

  @Test
  void theFirstRowsInAnOrderAreTheRightOnes() {
    List<Row> rows =
        rows("SELECT id, number, generate(prompt) AS g FROM t ORDER BY number DESC LIMIT 3");
    assertThat(rows).extracting(row -> row.<Integer>getAs("number")).containsExactly(59, 58, 57);
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.<String>getAs("g")).isEqualTo(byCommand(row)));
  }

  @Test
  void onlyTheColumnsThatAreNeededAreRead() {
    Dataset<Row> answers = sql("SELECT generate(prompt) FROM t");
    String plan = answers.queryExecution().optimizedPlan().toString();
    assertThat(plan).contains("GeneratedRows").containsPattern("Project \\[prompt#\\d+]");
  }

  @Test
  void completionsAreWrittenToATable() throws Exception {
    String create =
        "CREATE TABLE answers USING parquet AS"
            + " SELECT id, generate_row(prompt) AS c, generate(prompt) AS g FROM t";
    assertThat(completed(create)).isEqualTo(NUM_PROMPTS);
    assertThat(completed("INSERT INTO answers SELECT id, generate_row(prompt), '' FROM t LIMIT 3"))
        .isBetween(3L, 6L);
    assertThat(completed("SELECT * FROM answers")).isZero();
    assertThat(rows("SELECT id, c.text, g FROM answers WHERE g > ''"))
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("text")).isEqualTo(byCommand(row));
              assertThat(row.<String>getAs("g")).isEqualTo(byCommand(row));
            });
    assertThat(rows("SELECT * FROM answers")).hasSize(NUM_PROMPTS + 3);
  }

  @Test
  void aDataFramesColumnMayBeACall() throws Exception {
    Dataset<Row> answers =
        session
            .prompts()
            .withColumn("answer", functions.expr("generate(prompt)"))
            .withColumn("length", functions.expr("length(answer)"));
    assertThat(session.completed().during(answers::collectAsList)).isEqualTo(NUM_PROMPTS);
    Dataset<Row> pairs = answers.as("a").join(answers.as("b"), "id");
    assertThat(pairs.collectAsList()).hasSize(NUM_PROMPTS);
    assertThat(answers.cache().count() + answers.count()).isEqualTo(2 * NUM_PROMPTS);
    assertThat(session.completed().during(answers.selectExpr("*")::collectAsList)).isZero();
    answers.unpersist(true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT id FROM t ORDER BY generate(prompt) | stands in Sort",
        "SELECT max(generate(prompt)) FROM t | stands in Aggregate",
        "SELECT a.id FROM t a JOIN t b ON generate(a.prompt) = b.id | stands in Join",
        "SELECT generate() FROM t | has no argument",
        "SELECT generate(number) FROM t | A prompt of type int cannot be completed",
        "SELECT generate(prompt, id) FROM t | differs from row to row",
        "SELECT generate(prompt, 'fast') FROM t | 'fast' is no setting",
        "SELECT generate(prompt, 'max_tokens=3') FROM t | Function generate: there is no setting",
        "SELECT generate(prompt, 'policy=fulll') FROM t | There is no policy or preset 'fulll'",
      })
  void aCallThatDoesNotServeIsRefusedInASentence(String query, String said) {
    assertThatThrownBy(() -> rows(query)).hasMessageContaining(said);
  }

  @Test
  void aSessionThatIsNotConfiguredIsToldWhatIsMissing() {
    session.spark().conf().unset("spark.pyramid.model");
    assertThatThrownBy(() -> rows("SELECT generate(prompt) FROM t"))
        .hasMessageContaining("set spark.pyramid.model to the path");
    session.spark().conf().set("spark.pyramid.modell", "m");
    assertThatThrownBy(() -> rows("SELECT generate(prompt) FROM t"))
        .hasMessageContaining("there is no setting 'modell'; the nearest is 'model'");
    session.spark().conf().unset("spark.pyramid.modell");
    assertThat(rows("SELECT id FROM t")).hasSize(NUM_PROMPTS);
  }
}
