package org.pyramidspark.config;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Settings of PyramidInfer while they are put together: a preset's, and on top of them what is
 * changed. Of a decay and a budget, one of which says how much is pruned, the later one counts.
 */
final class PyramidValues {
  private final Map<PyramidSetting, Object> values = new EnumMap<>(PyramidSetting.class);

  private PyramidValues() {}

  /** What holds where a preset says nothing. */
  static PyramidValues initial() {
    PyramidValues initial = new PyramidValues();
    for (PyramidSetting setting : PyramidSetting.values()) {
      setting.initial().ifPresent(value -> initial.values.put(setting, value));
    }
    return initial;
  }

  /** The settings of a config. */
  static PyramidValues of(PyramidConfig config) {
    var prefill = config.prefill();
    var generation = config.generation();
    var selection = config.selection();
    PyramidValues ofConfig = new PyramidValues();
    var values = ofConfig.values;
    values.put(PyramidSetting.POLICY, PresetFile.PYRAMID);
    values.put(PyramidSetting.RECENT_RATIO, prefill.recentRatio());
    if (!selection.budget().isGiven()) {
      values.put(PyramidSetting.PREFILL_DECAY, prefill.decay());
    }
    values.put(PyramidSetting.BUDGET, selection.budget().ratio());
    values.put(PyramidSetting.BUDGET_TOKENS, selection.budget().tokens());
    values.put(PyramidSetting.PREFILL_SCHEDULE, prefill.schedule().label());
    values.put(PyramidSetting.MIN_CONTEXT, prefill.minContext());
    values.put(PyramidSetting.LAYER_INTERVAL, prefill.layerInterval());
    values.put(PyramidSetting.SINK_TOKENS, prefill.sinkTokens());
    values.put(PyramidSetting.DISTANCE_WEIGHT, prefill.distanceWeight());
    values.put(PyramidSetting.GEN_DECAY, generation.decay());
    values.put(PyramidSetting.GEN_SCHEDULE, generation.schedule().label());
    values.put(PyramidSetting.GEN_COMPRESS, generation.compressRatio());
    values.put(PyramidSetting.EXCEED_LENGTH, generation.exceedLength());
    values.put(PyramidSetting.PROTECT, selection.protect().label());
    values.put(PyramidSetting.PER_KV_HEAD, String.valueOf(selection.perKvHead()));
    return ofConfig;
  }

  /**
   * Puts settings on top.
   *
   * @throws InvalidInputException if there are a decay and a budget among them
   */
  void change(Map<PyramidSetting, Object> changes) {
    boolean budget = budget(changes).isGiven();
    if (budget && changes.containsKey(PyramidSetting.PREFILL_DECAY)) {
      throw InvalidInputException.of(
          "Setting %s is %s and there is a budget, for which the decay is found; leave one of them"
              + " out.",
          PyramidSetting.PREFILL_DECAY.key(), changes.get(PyramidSetting.PREFILL_DECAY));
    }
    if (budget) {
      values.remove(PyramidSetting.PREFILL_DECAY);
    }
    if (budget || changes.containsKey(PyramidSetting.PREFILL_DECAY)) {
      values.put(PyramidSetting.BUDGET, Budget.NONE.ratio());
      values.put(PyramidSetting.BUDGET_TOKENS, Budget.NONE.tokens());
    }
    values.putAll(changes);
  }

  private static Budget budget(Map<PyramidSetting, Object> values) {
    return new Budget(
        (double) values.getOrDefault(PyramidSetting.BUDGET, Budget.NONE.ratio()),
        (int) values.getOrDefault(PyramidSetting.BUDGET_TOKENS, Budget.NONE.tokens()));
  }

  /** A setting without which there is no config. */
  Optional<PyramidSetting> missing() {
    return Arrays.stream(PyramidSetting.values())
        .filter(setting -> !values.containsKey(setting))
        .filter(setting -> setting != PyramidSetting.PREFILL_DECAY || !budget(values).isGiven())
        .findFirst();
  }

  /** The settings by key, in the order of the preset files: Double, Integer or String each. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    values.forEach(
        (setting, value) -> {
          if (!isNoBudget(setting, value)) {
            map.put(setting.key(), value);
          }
        });
    return map;
  }

  private static boolean isNoBudget(PyramidSetting setting, Object value) {
    return setting == PyramidSetting.BUDGET && value.equals(Budget.NONE.ratio())
        || setting == PyramidSetting.BUDGET_TOKENS && value.equals(Budget.NONE.tokens());
  }

  /** The config of these settings, of which none is {@link #missing}. */
  PyramidConfig config() {
    return new PyramidConfig(
        new PyramidConfig.Prefill(
            decimal(PyramidSetting.RECENT_RATIO),
            (double) values.getOrDefault(PyramidSetting.PREFILL_DECAY, 1.0),
            schedule(PyramidSetting.PREFILL_SCHEDULE),
            whole(PyramidSetting.MIN_CONTEXT),
            whole(PyramidSetting.LAYER_INTERVAL),
            whole(PyramidSetting.SINK_TOKENS),
            decimal(PyramidSetting.DISTANCE_WEIGHT)),
        new PyramidConfig.Generation(
            decimal(PyramidSetting.GEN_DECAY),
            schedule(PyramidSetting.GEN_SCHEDULE),
            decimal(PyramidSetting.GEN_COMPRESS),
            whole(PyramidSetting.EXCEED_LENGTH)),
        new PyramidConfig.Selection(
            Protect.of((String) values.get(PyramidSetting.PROTECT)),
            Boolean.parseBoolean((String) values.get(PyramidSetting.PER_KV_HEAD)),
            budget(values)));
  }

  private double decimal(PyramidSetting setting) {
    return (double) values.get(setting);
  }

  private int whole(PyramidSetting setting) {
    return (int) values.get(setting);
  }

  private Schedule schedule(PyramidSetting setting) {
    return Arrays.stream(Schedule.values())
        .filter(schedule -> schedule.label().equals(values.get(setting)))
        .findFirst()
        .orElseThrow();
  }
}
