package org.pyramidspark.cache;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.errors.InvalidInputException;

/**
 * A policy as it is written on the command line: its name or that of a preset, with changes after a
 * colon: {@code snapkv:budget=0.3} or {@code llama2-7b:prefill_decay=0.5}.
 *
 * @param name as written
 * @param changes settings by key, as written
 * @param policy what it means
 */
public record NamedPolicy(String name, Map<String, String> changes, CachePolicy policy)
    implements Serializable {
  private static final char COLON = ':';

  /** A budget, and what stands in its place. */
  private static final List<String> BUDGETS = List.of("budget", "budget_tokens", "prefill_decay");

  public NamedPolicy {
    changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
  }

  /**
   * @throws InvalidInputException if it means nothing
   */
  public static NamedPolicy parse(String text) {
    int colon = text.indexOf(COLON);
    String name = colon < 0 ? text : text.substring(0, colon);
    Map<String, String> changes = new LinkedHashMap<>();
    if (colon >= 0) {
      for (String change : text.substring(colon + 1).split(",")) {
        int equals = change.indexOf('=');
        if (equals < 1) {
          throw InvalidInputException.of(
              "Policy %s: '%s' is no change of a setting; write KEY=VALUE.", text, change);
        }
        changes.put(change.substring(0, equals), change.substring(equals + 1));
      }
    }
    return new NamedPolicy(text, changes, Policies.ofNameOrPreset(name, changes));
  }

  /** The model that its preset was calibrated on, if it is one that says so. */
  public Optional<PresetModel> presetModel() {
    int colon = name.indexOf(COLON);
    return Policies.presetModel(colon < 0 ? name : name.substring(0, colon));
  }

  /**
   * Checks a model that the policy is to be used on.
   *
   * @param modelSha256 of its file
   * @throws InvalidInputException if the policy's preset was calibrated on another
   */
  public void checkModel(String modelName, String modelSha256) {
    presetModel().ifPresent(preset -> preset.check(name, modelName, modelSha256));
  }

  /** Whether it can have a budget, and the changes say nothing of how much is kept. */
  public boolean isOpenToBudget() {
    return !(policy instanceof FullPolicy) && BUDGETS.stream().noneMatch(changes::containsKey);
  }

  /**
   * This policy with one more change.
   *
   * @throws InvalidInputException if there is no such setting, or the value is not allowed
   */
  public NamedPolicy with(String key, String value) {
    return parse(name + (changes.isEmpty() ? COLON : ',') + key + "=" + value);
  }
}
