package org.pyramidspark.ml;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.config.Setting;
import org.pyramidspark.dataframe.GenerateSettings;

/**
 * The params of {@link PyramidGenerator}: every setting of {@link GenerateSettings} under the name
 * that Spark ML would give it ({@code max_new_tokens} is {@code maxNewTokens}), and columns. A
 * param that is not set has the setting's default.
 */
abstract class GeneratorParams extends Transformer {
  private static final long serialVersionUID = 1L;

  static final String INPUT_COL = "inputCol";
  static final String INSTRUCTION_COL = "instructionCol";

  private static final Map<String, String> COLUMNS =
      Map.of(
          INPUT_COL,
          "column of prompts, by its type: a string (text as it is), a list of structs of role and"
              + " content (the model's chat template) or a list of token ids (default: prompt)",
          INSTRUCTION_COL,
          "column of what to do with the document; inputCol is then the document's",
          "idCol",
          "column of ids, which sampling depends on (default: id, if there is one)",
          "referenceCol",
          "column of what a completion is compared with (default: reference, if there is one)",
          "maxNewTokensCol",
          "column of rows' own limits (default: max_new_tokens, if there is one)",
          "outputCol",
          "column that is added (default: completion)");

  private final String uid;
  private final Map<String, Param<?>> params = new LinkedHashMap<>();

  GeneratorParams(String uid) {
    // A param asks for it.
    this.uid = uid;
    COLUMNS.keySet().stream()
        .sorted()
        .forEach(name -> params.put(name, new Param<String>(this, name, COLUMNS.get(name))));
    GenerateSettings.OF_ROWS.forEach(setting -> params.put(camel(setting.key()), param(setting)));
  }

  private Param<?> param(Setting setting) {
    String name = camel(setting.key());
    String initial = String.valueOf(setting.initial());
    String doc =
        setting.allowedWords() + (initial.isEmpty() ? "" : " (default: %s)".formatted(initial));
    return switch (name) {
      case "stop" -> new StringArrayParam(this, name, "texts at which a completion ends");
      case "seed" -> new LongParam(this, name, doc);
      case "ignoreEos" -> new BooleanParam(this, name, doc);
      default ->
          switch (setting.initial()) {
            case Integer whole -> new IntParam(this, name, doc);
            case Double decimal -> new DoubleParam(this, name, doc);
            default -> new Param<String>(this, name, doc);
          };
    };
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    return params.values().toArray(Param<?>[]::new);
  }

  /** What was set, as settings. */
  GenerateSettings settings(StructType schema) {
    Map<String, String> none = Map.of();
    GenerateSettings settings = GenerateSettings.of(none);
    for (Param<?> param : params()) {
      if (isSet(param) && !param.name().equals(INPUT_COL)) {
        settings = settings.with(key(param.name()), value(get(param).get()));
      }
    }
    return isSet(params.get(INPUT_COL))
        ? settings.with(inputKey(schema), get(params.get(INPUT_COL)).get())
        : settings;
  }

  private static Object value(Object value) {
    return value instanceof String[] list ? List.of(list) : value;
  }

  private String inputKey(StructType schema) {
    if (isSet(params.get(INSTRUCTION_COL))) {
      return "input_column";
    }
    String name = (String) get(params.get(INPUT_COL)).get();
    return GenerateSettings.promptColumn(schema, name);
  }

  /** {@code maxNewTokens} of {@code max_new_tokens}. */
  private static String camel(String key) {
    String[] words = key.split("_");
    return words[0]
        + Arrays.stream(words)
            .skip(1)
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
  }

  /** {@code max_new_tokens} of {@code maxNewTokens}, {@code output_column} of {@code outputCol}. */
  private static String key(String name) {
    return Stream.of(name.split("(?=[A-Z])"))
        .map(word -> word.equals("Col") ? "column" : word.toLowerCase(Locale.ROOT))
        .collect(Collectors.joining("_"));
  }
}
