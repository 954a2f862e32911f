package org.pyramidspark.djl;

import java.util.Arrays;
import java.util.List;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;
import org.pyramidspark.tokens.Truncation;

/**
 * How prompts are completed.
 *
 * @param policy what the KV cache keeps
 * @param sampling how tokens are chosen; each prompt begins with this seed
 * @param maxNewTokens the most tokens to generate
 * @param stop strings at which a completion ends
 * @param ignoreEos whether to go on after an end token
 * @param maxPromptTokens the most tokens of a prompt; the model's context, less the new tokens,
 *     limits it too
 * @param truncation what to do with a longer one
 */
record CompletionSettings(
    NamedPolicy policy,
    SamplingOptions sampling,
    int maxNewTokens,
    List<String> stop,
    boolean ignoreEos,
    int maxPromptTokens,
    Truncation truncation) {

  /** Keys and defaults are those of the command line, in DJL's spelling. */
  static final List<Setting> SETTINGS =
      List.of(
          Setting.text("policy", "a policy or a preset, such as snapkv:budget=0.3"),
          Setting.whole("max_new_tokens", 1, 256),
          Setting.number("temperature", 0, 100, 0),
          Setting.whole("top_k", 0, 0),
          Setting.share("top_p", 1),
          Setting.whole("seed", 0, 0),
          Setting.text("stop", "the text before which a completion is to end"),
          Setting.name("ignore_eos", List.of("true", "false"), "false"),
          Setting.whole("max_prompt_tokens", 1, Integer.MAX_VALUE),
          Setting.name(
              "truncate",
              Arrays.stream(Truncation.values()).map(Truncation::label).toList(),
              Truncation.MIDDLE.label()));

  CompletionSettings {
    stop = List.copyOf(stop);
  }

  /**
   * @throws org.pyramidspark.errors.InvalidInputException if there is no such policy, or it has no
   *     such setting
   */
  static CompletionSettings of(SettingValues values) {
    String policy = values.name("policy");
    String stop = values.name("stop");
    SamplingOptions sampling =
        new SamplingOptions(
            (float) values.decimal("temperature"),
            values.whole("top_k"),
            (float) values.decimal("top_p"),
            values.whole("seed"));
    return new CompletionSettings(
        NamedPolicy.parse(policy.isEmpty() ? Policies.DEFAULT : policy),
        sampling,
        values.whole("max_new_tokens"),
        stop.isEmpty() ? List.of() : List.of(stop),
        Boolean.parseBoolean(values.name("ignore_eos")),
        values.whole("max_prompt_tokens"),
        Label.of(Truncation.values(), Truncation::label, values.name("truncate")));
  }
}
