package org.pyramidspark.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The settings of PyramidInfer by their keys in presets and in {@code --set key=value}, with the
 * one definition of what each may be. What they do is told at {@link PyramidConfig}.
 */
public enum PyramidSetting {
  POLICY("policy", new Allowed.Name(List.of("pyramid"))),
  RECENT_RATIO("recent_ratio", Allowed.Decimal.from(0, 1)),
  PREFILL_DECAY("prefill_decay", Allowed.Decimal.over(0, 1)),
  BUDGET(Budget.RATIO, Allowed.Decimal.over(0, 1), Budget.NONE.ratio()),
  BUDGET_TOKENS(Budget.TOKENS, new Allowed.Whole(0), Budget.NONE.tokens()),
  PREFILL_SCHEDULE("prefill_schedule", scheduleNames()),
  MIN_CONTEXT("min_context", new Allowed.Whole(0)),
  LAYER_INTERVAL("layer_interval", new Allowed.Whole(1)),
  SINK_TOKENS("sink_tokens", new Allowed.Whole(0)),
  DISTANCE_WEIGHT("distance_weight", Allowed.Decimal.over(0, 1000)),
  GEN_DECAY("gen_decay", Allowed.Decimal.from(0, 1)),
  GEN_SCHEDULE("gen_schedule", scheduleNames()),
  GEN_COMPRESS("gen_compress", Allowed.Decimal.over(0, 1)),
  EXCEED_LENGTH("exceed_length", new Allowed.Whole(1)),
  PROTECT("protect", protectNames(), Protect.DOCUMENT_ONLY.label()),
  PER_KV_HEAD("per_kv_head", new Allowed.Name(List.of("true", "false")), "false");

  private final String key;
  private final Allowed allowed;
  private final Optional<Object> initial;

  PyramidSetting(String key, Allowed allowed) {
    this(key, allowed, null);
  }

  PyramidSetting(String key, Allowed allowed, Object initial) {
    this.key = key;
    this.allowed = allowed;
    this.initial = Optional.ofNullable(initial);
  }

  private static Allowed protectNames() {
    return new Allowed.Name(Arrays.stream(Protect.values()).map(Protect::label).toList());
  }

  private static Allowed scheduleNames() {
    return new Allowed.Name(Arrays.stream(Schedule.values()).map(Schedule::label).toList());
  }

  /** The name in presets and options. */
  public String key() {
    return key;
  }

  /** The allowed values in words: "a number from 0 to 1". */
  public String allowedWords() {
    return allowed.words();
  }

  /** The value of presets that do not give one: the published ones know nothing of it. */
  Optional<Object> initial() {
    return initial;
  }

  /** All keys. */
  static List<String> keys() {
    return Arrays.stream(values()).map(PyramidSetting::key).toList();
  }

  static Optional<PyramidSetting> ofKey(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }

  boolean isNumeric() {
    return allowed.isNumeric();
  }

  /** The value written as {@code text}: a Double, an Integer or a String within the range. */
  Object parse(String text) {
    return check(allowed.parse(text).orElseThrow(() -> refused('"' + text + '"')));
  }

  boolean accepts(Object value) {
    return allowed.accepts(value);
  }

  /** Returns the value; a value out of range is an {@link InvalidInputException}. */
  <T> T check(T value) {
    if (!accepts(value)) {
      throw refused(String.valueOf(value));
    }
    return value;
  }

  InvalidInputException refused(String found) {
    return InvalidInputException.of("Setting %s is %s; give %s.", key, found, allowed.words());
  }
}
