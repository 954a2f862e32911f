package org.pyramidspark.dataframe;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.Device;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.DeviceSettings;
import org.pyramidspark.executor.EngineSettings;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.tokens.Truncation;

/**
 * How the rows of a DataFrame are completed: settings by key, as {@code docs/spark-interfaces.md}
 * lists them. Immutable; a value is checked when it is given.
 */
public final class GenerateSettings implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String AUTO = "auto";
  private static final String OFF = "off";
  private static final String NONE = "none";
  private static final String NO_STOP = "[]";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS).build();

  /** Settings of models, rows and engines: all but those that name columns. */
  public static final List<Setting> OF_ROWS =
      List.of(
          Setting.text("model", "a model's name or file"),
          Setting.text("policy", "a policy", Policies.DEFAULT),
          Setting.text("fallback_policy", "a policy, or none", NONE),
          Setting.whole("max_new_tokens", 1, 256),
          Setting.whole("max_prompt_tokens", 1, Integer.MAX_VALUE),
          Setting.name("truncate", labels(Truncation.values(), Truncation::label), "middle"),
          Setting.text("stop", "a JSON array of texts", NO_STOP),
          Setting.name("ignore_eos", List.of("false", "true"), "false"),
          Setting.number("temperature", 0, 100, 0),
          Setting.whole("top_k", 0, 0),
          Setting.share("top_p", 1),
          Setting.text("seed", "a whole number", "0"),
          Setting.text("guard", "a loss in nats, or off", OFF),
          Setting.share("guard_share", 0.02),
          Setting.whole("guard_tokens", 1, 32),
          Setting.name("compute", autoOr(ComputeType.values(), ComputeType::label), AUTO),
          Setting.name("kv_type", autoOr(KvType.values(), KvType::label), AUTO),
          Setting.whole("max_sequences", 1, 64),
          Setting.whole("max_batch_tokens", 1, 2048),
          Setting.name("device", labels(Device.values(), Device::label), AUTO),
          Setting.text("kv_budget", "a size such as 512m, or auto", AUTO));

  private static final List<Setting> ALL =
      Stream.concat(OF_ROWS.stream(), ColumnNames.SETTINGS.stream()).toList();

  private final Map<String, String> given;
  private final SettingValues values;

  private GenerateSettings(Map<String, String> given) {
    this.given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
    this.values = SettingValues.of("Settings of generate", ALL, given);
    rows();
    engine();
  }

  /**
   * @param model path of a GGUF file that is the same on every host, or on HDFS or S3A, the name of
   *     one of {@code --files}, or the name of a known model
   */
  public static GenerateSettings ofModel(String model) {
    return of(Map.of("model", model));
  }

  /**
   * @param given settings by key
   * @throws InvalidInputException if there is no such setting, or a value is not allowed
   */
  public static GenerateSettings of(Map<String, String> given) {
    return new GenerateSettings(given);
  }

  /**
   * These with one more; later ones win.
   *
   * @param value a number, a truth value, text; of {@code stop} a collection of texts
   * @throws InvalidInputException if there is no such setting, or the value is not allowed
   */
  public GenerateSettings with(String key, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(given);
    changed.put(key, value instanceof Collection<?> list ? json(list) : String.valueOf(value));
    return of(changed);
  }

  private static String json(Collection<?> list) {
    try {
      return JSON.writeValueAsString(list);
    } catch (JacksonException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }

  /** What was given, by key. */
  public Map<String, String> given() {
    return given;
  }

  /**
   * The setting that names a column of prompts, by its type: {@code prompt_column}, {@code
   * messages_column} or {@code prompt_token_ids_column}.
   *
   * @param name of the column; need not be there
   */
  public static String promptColumn(StructType schema, String name) {
    return Arrays.stream(schema.fields())
        .filter(column -> column.name().equalsIgnoreCase(name))
        .findFirst()
        .flatMap(column -> RowField.promptOf(column.dataType()))
        .orElse(RowField.PROMPT)
        .columnSetting();
  }

  String model() {
    if (values.name("model").isEmpty()) {
      throw InvalidInputException.of(
          "No model is given; set 'model' to the path of a GGUF file or the name of a known model.");
    }
    return values.name("model");
  }

  NamedPolicy policy() {
    return NamedPolicy.parse(values.name("policy"));
  }

  /** What rows fall back to that do not fit into memory, if there is anything. */
  Optional<NamedPolicy> fallback() {
    return Optional.of(values.name("fallback_policy"))
        .filter(name -> !name.equals(NONE))
        .map(NamedPolicy::parse);
  }

  /** The column names that were given, empty where none was. */
  ColumnNames columns() {
    return ColumnNames.of(values);
  }

  /** The column that is added. */
  String outputColumn() {
    return values.name(ColumnNames.OUTPUT);
  }

  /** How rows are completed. */
  public RowSettings rows() {
    return new RowSettings(
            policy().policy(),
            new SamplingOptions(
                (float) values.decimal("temperature"),
                values.whole("top_k"),
                (float) values.decimal("top_p"),
                seed()),
            values.whole("max_new_tokens"),
            stop(),
            Boolean.parseBoolean(values.name("ignore_eos")),
            guard(),
            new RowSettings.PromptLimit(
                values.whole("max_prompt_tokens"),
                byLabel(Truncation.values(), Truncation::label, values.name("truncate"))))
        .withFallback(fallback().orElse(null));
  }

  /** How engines run. */
  public EngineSettings engine() {
    return new EngineSettings(
        byLabel(ComputeType.values(), ComputeType::label, values.name("compute")),
        byLabel(KvType.values(), KvType::label, values.name("kv_type")),
        values.whole("max_sequences"),
        values.whole("max_batch_tokens"),
        kvBudget(),
        new DeviceSettings(byLabel(Device.values(), Device::label, values.name("device")), 0));
  }

  private long kvBudget() {
    String text = values.name("kv_budget");
    if (text.equals(AUTO)) {
      return EngineOptions.KV_BUDGET_OF_FREE_MEMORY;
    }
    return number(
        "kv_budget",
        text,
        JavaUtils::byteStringAsBytes,
        bytes -> bytes > 0,
        "a number of bytes over 0, or one with k, m or g, such as 512m");
  }

  private long seed() {
    return number(
        "seed", values.name("seed"), Long::parseLong, seed -> true, "a whole number of 64 bits");
  }

  private GuardSettings guard() {
    String text = values.name("guard");
    if (text.equals(OFF)) {
      return GuardSettings.OFF;
    }
    double limit =
        number(
            "guard",
            text,
            Double::parseDouble,
            nats -> nats > 0,
            "a divergence over 0 in nats, such as 0.05, or " + OFF);
    return new GuardSettings(
        limit, values.decimal("guard_share"), values.whole("guard_tokens"), seed());
  }

  private List<String> stop() {
    String text = values.name("stop");
    try {
      List<String> stop = JSON.readValue(text, new TypeReference<List<String>>() {});
      if (stop != null && stop.stream().noneMatch(one -> one == null || one.isEmpty())) {
        return stop;
      }
    } catch (JacksonException broken) {
      // Is told below.
    }
    throw refused("stop", text, "a JSON list of texts that are not empty, such as [\"END\"]");
  }

  private static <T> T number(
      String key,
      String text,
      Function<String, T> parser,
      Function<T, Boolean> allowed,
      String words) {
    try {
      T value = parser.apply(text);
      if (allowed.apply(value)) {
        return value;
      }
    } catch (NumberFormatException | ArithmeticException broken) {
      // Is told below.
    }
    throw refused(key, text, words);
  }

  private static InvalidInputException refused(String key, String text, String allowed) {
    return InvalidInputException.of("Setting %s is \"%s\"; give %s.", key, text, allowed);
  }

  private static <E> List<String> labels(E[] values, Function<E, String> label) {
    return Arrays.stream(values).map(label).toList();
  }

  private static <E> List<String> autoOr(E[] values, Function<E, String> label) {
    return Stream.concat(Stream.of(AUTO), Arrays.stream(values).map(label)).toList();
  }

  /** Null for {@link #AUTO}, as engines take it. */
  private static <E> E byLabel(E[] values, Function<E, String> label, String text) {
    return Arrays.stream(values)
        .filter(value -> label.apply(value).equals(text))
        .findFirst()
        .orElse(null);
  }

  @Override
  public String toString() {
    return given.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GenerateSettings settings && settings.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }
}
