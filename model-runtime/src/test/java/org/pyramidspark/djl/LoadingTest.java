package org.pyramidspark.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.FileNotFoundException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.errors.InvalidInputException;

/** How DJL finds models, and what it says of those that cannot be had as asked. */
class LoadingTest {
  private static final String MESSAGE = "the winter in the north";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    Path home = Files.createDirectory(folder.resolve("tiny"));
    file = TinyModel.standard().write(home.resolve("weights.gguf"));
  }

  private String expected(Path model) {
    return TinyZoo.engineTexts(model, "pyramid-plus", List.of(MESSAGE)).getFirst();
  }

  private static String answer(Criteria<String, String> criteria) throws Exception {
    try (ZooModel<String, String> model = criteria.loadModel();
        Predictor<String, String> predictor = model.newPredictor()) {
      return predictor.predict(MESSAGE);
    }
  }

  @Test
  void aFileOrAFolderWithOne() throws Exception {
    assertThat(answer(TinyZoo.criteria(file).build())).isEqualTo(expected(file));
    assertThat(answer(TinyZoo.criteria(file.getParent()).build())).isEqualTo(expected(file));
    assertThat(
            answer(
                TinyZoo.criteria(file).optModelUrls(file.getParent().toUri().toString()).build()))
        .isEqualTo(expected(file));
  }

  @Test
  void anArchiveIsUnpackedIntoDjlsCache() throws Exception {
    Path archive = folder.resolve("tiny.zip");
    try (OutputStream out = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("tiny/weights.gguf"));
      Files.copy(file, zip);
    }
    Path cache = folder.resolve("cache");
    System.setProperty("DJL_CACHE_DIR", cache.toString());
    try {
      assertThat(answer(TinyZoo.criteria(archive).build())).isEqualTo(expected(file));
      try (var files = Files.walk(cache)) {
        assertThat(files.map(Path::getFileName).map(Path::toString)).contains("weights.gguf");
      }
    } finally {
      System.clearProperty("DJL_CACHE_DIR");
    }
  }

  @Test
  void theNameTellsWhichOfSeveralFiles() throws Exception {
    Path other = TinyModel.standard().withSeed(2).write(file.resolveSibling("other.gguf"));
    assertThat(answer(TinyZoo.criteria(file.getParent()).optModelName("other").build()))
        .isEqualTo(expected(other))
        .isNotEqualTo(expected(file));
    assertThatThrownBy(() -> answer(TinyZoo.criteria(file.getParent()).build()))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage(
            "Model folder %s has 2 GGUF files (other.gguf, weights.gguf) and none is named tiny; name one by optModelName, or by its path."
                .formatted(file.getParent()));
  }

  @Test
  void theFoldersServingPropertiesMaySetOptionsAndArguments() throws Exception {
    Files.writeString(
        file.resolveSibling("serving.properties"),
        "engine=PyramidInfer\noption.compute=float32\noption.max_new_tokens=5\nmax_new_tokens=12\nbatch_size=8\n");
    Criteria<String, String> criteria =
        Criteria.builder()
            .setTypes(String.class, String.class)
            .optModelPath(file.getParent())
            .optArgument("translatorFactory", PromptTranslatorFactory.class.getName())
            .build();
    assertThat(answer(criteria)).isEqualTo(expected(file));
  }

  @Test
  void whatIsNoModelSaysSo() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> answer(TinyZoo.criteria(empty).build()))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("Model folder %s has no GGUF file; put one there.".formatted(empty));
    Path damaged = Files.writeString(folder.resolve("damaged.gguf"), "no model");
    assertThatThrownBy(() -> answer(TinyZoo.criteria(damaged).build()))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("damaged.gguf")
        .hasCauseInstanceOf(InvalidInputException.class);
    try (Model model = Model.newInstance("none", PyramidEngine.NAME)) {
      assertThatThrownBy(() -> model.load(folder.resolve("none.gguf")))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessageContaining("none.gguf does not exist");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max_new_token | 5     | Options of PyramidInfer: there is no setting 'max_new_token'; the nearest is 'max_new_tokens'",
        "max_new_tokens | none | Setting max_new_tokens is \"none\"; give a whole number from 1 to",
        "temperature   | -1    | Setting temperature is \"-1\"; give a number from 0 to 100.",
        "kv_budget     | much  | Setting kv_budget is \"much\"; give 1 byte or more",
        "kv_budget     | 0     | Setting kv_budget is \"0\"; give 1 byte or more",
        "compute       | half  | Setting compute is \"half\"; give one of auto, float32, bfloat16.",
        "policy        | snapvk | There is no policy or preset 'snapvk'; the nearest is 'snapkv'",
        "policy        | snapkv:bugdet=1 | Policy snapkv: there is no setting 'bugdet'; the nearest is 'budget'",
      })
  void anOptionThatDoesNotServeIsRefused(String key, String value, String message) {
    assertThatThrownBy(() -> answer(TinyZoo.criteria(file).optOption(key, value).build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "top_pp  | 0.5     | Arguments of PyramidInfer: there is no setting 'top_pp'; the nearest is 'top_p'",
        "top_p   | 2       | Setting top_p is \"2\"; give a number over 0 and at most 1.",
        "compute | float32 | Argument compute is a setting of the engine, which is loaded before",
      })
  void anArgumentThatDoesNotServeIsRefused(String key, String value, String message) {
    Set<Thread> before = engineThreads();
    assertThatThrownBy(() -> answer(TinyZoo.criteria(file).optArgument(key, value).build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(message);
    assertThat(engineThreads()).as("the engine is closed").isSubsetOf(before);
  }

  private static Set<Thread> engineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("inference-engine"))
        .collect(Collectors.toSet());
  }

  @Test
  void theDefaultEngineOfDjlStaysWhatItIs() {
    assertThat(Engine.getAllEngines()).contains(PyramidEngine.NAME);
    assertThat(Engine.getDefaultEngineName()).isNotEqualTo(PyramidEngine.NAME);
    assertThatThrownBy(() -> answer(TinyZoo.criteria(file).optEngine("RPC").build()))
        .hasMessageEndingWith("add optEngine(\"PyramidInfer\").");
  }

  @Test
  void aDeviceThatIsNotServedIsRefused() {
    assertThatThrownBy(() -> answer(TinyZoo.criteria(file).optDevice(Device.gpu()).build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Device is gpu(0), and engine PyramidInfer runs on cpu(); leave optDevice out.");
  }

  @Test
  void aModelIsLoadedOnce() throws Exception {
    try (Model model = Model.newInstance("tiny", PyramidEngine.NAME)) {
      model.load(file, null, Map.of("threads", 1));
      assertThatThrownBy(() -> model.load(file))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("is loaded already");
    }
  }
}
