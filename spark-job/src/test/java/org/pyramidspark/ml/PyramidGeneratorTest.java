package org.pyramidspark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.dataframe.SmallSession;
import org.pyramidspark.errors.InvalidInputException;

/** The transformer, alone and in pipelines. */
class PyramidGeneratorTest {
  @TempDir static Path folder;
  private static SmallSession session;

  @BeforeAll
  static void start() throws IOException {
    session = SmallSession.start(folder);
  }

  @AfterAll
  static void stop() {
    session.close();
  }

  private static PyramidGenerator generator() {
    return new PyramidGenerator()
        .setModel(session.model().toString())
        .setInputCol("prompt")
        .setOutputCol("answer")
        .setMaxNewTokens(SmallSession.MAX_NEW_TOKENS);
  }

  private static void assertCompleted(Dataset<Row> rows) {
    List<Row> answers = rows.select("id", "answer.text").collectAsList();
    assertThat(answers).hasSize(SmallSession.NUM_PROMPTS);
    assertThat(answers)
        .allSatisfy(
            row ->
                assertThat(row.<String>getAs("text"))
                    .isEqualTo(session.byCommand(row.getAs("id")).get("text").asText()));
  }

  @Test
  void theSchemaIsKnownBeforeAnythingRuns() {
    PyramidGenerator generator = generator();
    assertThat(generator.transformSchema(session.prompts().schema()))
        .isEqualTo(generator.transform(session.prompts()).schema());
    assertThatThrownBy(
            () -> generator.setInputCol("question").transformSchema(session.prompts().schema()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("its columns are id, number, prompt");
    assertThatThrownBy(
            () -> generator.setInputCol("number").transformSchema(session.prompts().schema()))
        .hasMessageContaining("Column number is of type int");
  }

  @Test
  void aPipelineIsSavedAndLoaded() throws IOException {
    PyramidGenerator generator =
        generator().setStop("END", "\n").setTemperature(0).setSeed(7).setIgnoreEos(false);
    PipelineModel fitted =
        new Pipeline().setStages(new PipelineStage[] {generator}).fit(session.prompts());
    String path = folder.resolve("pipeline").toString();
    fitted.write().overwrite().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    PyramidGenerator stage = (PyramidGenerator) loaded.stages()[0];
    assertThat(stage.uid()).isEqualTo(generator.uid());
    assertThat(stage.settings(session.prompts().schema()))
        .isEqualTo(generator.settings(session.prompts().schema()));
    assertCompleted(loaded.transform(session.prompts()));
  }

  @Test
  void aCopyHasItsOwnParams() throws IOException {
    PyramidGenerator generator = generator();
    PyramidGenerator copy = generator.copy(new ParamMap()).setOutputCol("other");
    assertThat(copy.transformSchema(session.prompts().schema()).fieldNames()).contains("other");
    assertCompleted(generator.transform(session.prompts()));
    String path = folder.resolve("alone").toString();
    generator.write().overwrite().save(path);
    assertCompleted(PyramidGenerator.load(path).transform(session.prompts()));
  }

  @Test
  void itExplainsItsParams() {
    assertThat(generator().explainParams())
        .contains("inputCol: ", "maxNewTokens: a whole number", "kvBudget: ", "outputCol: ");
  }

  @Test
  void theColumnsTypeSaysWhatThePromptsAre() {
    Dataset<Row> chats =
        session
            .prompts()
            .selectExpr("array(named_struct('role', 'user', 'content', prompt)) AS chat", "prompt");
    Row row =
        generator()
            .setInputCol("chat")
            .transform(chats.limit(1))
            .selectExpr("answer.error", "answer.prompt_tokens")
            .first();
    assertThat(row.isNullAt(0)).isTrue();
    assertThat(row.getInt(1)).isGreaterThan(20);
    Dataset<Row> document = session.prompts().selectExpr("prompt", "'Sum up.' AS task").limit(1);
    assertThat(
            generator()
                .setInstructionCol("task")
                .transform(document)
                .selectExpr("answer.error")
                .first()
                .isNullAt(0))
        .isTrue();
  }
}
