package org.pyramidspark.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.util.passthrough.PassthroughNDArray;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.tokens.Prompt;

/** Predictors of DJL give what the engine gives, in its batches. */
class PredictionTest {
  @TempDir static Path folder;
  private static Path file;

  @BeforeAll
  static void write() {
    file = TinyModel.standard().withTied(false).write(folder.resolve("model.gguf"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "pyramid-plus", "snapkv:budget=0.3"})
  void aBatchRunsTogetherAndGivesWhatTheEngineGives(String policy) throws Exception {
    List<String> messages = TinyZoo.messages(8);
    List<String> expected = TinyZoo.engineTexts(file, policy, messages);
    assertThat(Set.copyOf(expected)).hasSizeGreaterThan(1);
    try (ZooModel<String, String> model =
            TinyZoo.criteria(file).optArgument("policy", policy).build().loadModel();
        Predictor<String, String> predictor = model.newPredictor()) {
      assertThat(predictor.predict(messages.getFirst())).isEqualTo(expected.getFirst());
      assertThat(TinyZoo.wrapped(model).metrics().mostRunningSequences()).isOne();
      assertThat(predictor.batchPredict(messages)).isEqualTo(expected);
      assertThat(TinyZoo.wrapped(model).metrics().mostRunningSequences()).isGreaterThan(1);
      assertThat(predictor.batchPredict(List.of())).isEmpty();
    }
  }

  @Test
  void thePolicyIsTheCommandLinesDefault() throws Exception {
    List<String> messages = TinyZoo.messages(3);
    try (ZooModel<String, String> model = TinyZoo.criteria(file).build().loadModel();
        Predictor<String, String> predictor = model.newPredictor()) {
      assertThat(predictor.batchPredict(messages))
          .isEqualTo(TinyZoo.engineTexts(file, "pyramid-plus", messages));
    }
  }

  @Test
  void predictorsOfAllThreadsShareOneEngine() throws Exception {
    List<String> messages = TinyZoo.messages(12);
    List<String> expected = TinyZoo.engineTexts(file, "pyramid-plus", messages);
    try (ZooModel<String, String> model = TinyZoo.criteria(file).build().loadModel();
        ExecutorService callers = Executors.newFixedThreadPool(3)) {
      List<Future<List<String>>> parts =
          List.of(0, 4, 8).stream()
              .map(from -> callers.submit(() -> predict(model, messages.subList(from, from + 4))))
              .toList();
      for (int i = 0; i < parts.size(); i++) {
        assertThat(parts.get(i).get()).isEqualTo(expected.subList(4 * i, 4 * i + 4));
      }
    }
  }

  private static List<String> predict(ZooModel<String, String> model, List<String> messages)
      throws TranslateException {
    try (Predictor<String, String> predictor = model.newPredictor()) {
      return predictor.batchPredict(messages);
    }
  }

  @Test
  void promptsMayHaveADocumentAndResultsAllFigures() throws Exception {
    Prompt document =
        new Prompt.Document("The winter is hard. ".repeat(20), "Sum up.", Optional.of("Be short."));
    try (ZooModel<Prompt, GenerationResult> model =
            TinyZoo.criteria(Prompt.class, GenerationResult.class, file)
                .optOption("policy", "snapkv:budget=0.3")
                .optOption("ignore_eos", "true")
                .build()
                .loadModel();
        Predictor<Prompt, GenerationResult> predictor = model.newPredictor()) {
      GenerationResult result = predictor.predict(document);
      assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(result.generatedTokens()).isEqualTo(TinyZoo.NEW_TOKENS);
      assertThat(result.promptTokens()).isGreaterThan(100);
      assertThat(result.keptKvFraction()).isLessThan(0.5);
    }
  }

  @Test
  void aRowThatFailsSaysWhyAndWhichItIs() throws Exception {
    try (ZooModel<String, String> model =
            TinyZoo.criteria(file)
                .optArgument("truncate", "error")
                .optArgument("max_prompt_tokens", 60)
                .build()
                .loadModel();
        Predictor<String, String> predictor = model.newPredictor()) {
      String reason =
          "The prompt has 218 tokens and the limit is 60; raise --max-prompt-tokens, shorten the"
              + " prompt, or allow cutting with --truncate middle.";
      assertThatThrownBy(() -> predictor.predict("ab".repeat(100)))
          .isInstanceOf(TranslateException.class)
          .hasMessage(reason);
      assertThatThrownBy(() -> predictor.batchPredict(List.of("short", "ab".repeat(100))))
          .isInstanceOf(TranslateException.class)
          .hasMessage("Input 1 of 2 (from 0): " + reason);
      assertThat(predictor.predict("short")).isNotEmpty();
    }
  }

  @Test
  void resultsOfTheOthersAreNotLost() throws Exception {
    try (ZooModel<String, GenerationResult> model =
            TinyZoo.criteria(String.class, GenerationResult.class, file)
                .optOption("kv_budget", "64k")
                .build()
                .loadModel();
        Predictor<String, GenerationResult> predictor = model.newPredictor()) {
      List<GenerationResult> results =
          predictor.batchPredict(List.of("short", "long ".repeat(200), "short"));
      assertThat(results).extracting(GenerationResult::id).containsExactly("0", "1", "2");
      assertThat(results.get(1).error().orElseThrow()).contains("the KV budget is 65536");
      assertThat(results.get(0).error()).isEmpty();
      assertThat(results.get(2).text()).isEqualTo(results.get(0).text());
    }
  }

  @Test
  void aModelWithoutChatTemplateTakesPlainText() throws Exception {
    Path plain = TinyModel.standard().writeWithoutTemplate(folder.resolve("plain.gguf"));
    try (ZooModel<String, GenerationResult> model =
            TinyZoo.criteria(String.class, GenerationResult.class, plain).build().loadModel();
        Predictor<String, GenerationResult> predictor = model.newPredictor()) {
      assertThat(predictor.predict("abc").promptTokens()).isEqualTo(3);
    }
  }

  @Test
  void rowsOfAModelThatIsClosedFail() throws Exception {
    ZooModel<String, String> model =
        TinyZoo.criteria(file)
            .optOption("max_new_tokens", "1500")
            .optOption("ignore_eos", "true")
            .build()
            .loadModel();
    Predictor<String, String> predictor = model.newPredictor();
    try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Future<List<String>> rows =
          caller.submit(() -> predictor.batchPredict(Collections.nCopies(200, "on and on")));
      while (TinyZoo.wrapped(model).metrics().runningSequences() == 0) {
        Thread.onSpinWait();
      }
      model.close();
      model.close();
      assertThatThrownBy(rows::get)
          .rootCause()
          .isInstanceOf(TranslateException.class)
          .hasMessageContaining("closed before this row was");
    }
    assertThatThrownBy(() -> predictor.predict("again"))
        .isInstanceOf(TranslateException.class)
        .hasMessage("The model was closed before this row was begun; load it again.");
  }

  @Test
  void aTranslatorOfArraysIsRefused() throws Exception {
    try (ZooModel<String, String> model = TinyZoo.criteria(file).build().loadModel();
        Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator(null))) {
      assertThatThrownBy(() -> predictor.predict(new NDList(new PassthroughNDArray("text"))))
          .isInstanceOf(TranslateException.class)
          .hasMessageContaining("optTranslatorFactory(new PromptTranslatorFactory())");
    }
  }
}
