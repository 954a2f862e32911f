package org.pyramidspark.op;

import java.util.Collections;
import java.util.Map;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.cache.PyramidPolicy;
import org.pyramidspark.op.rules.FullRule;
import org.pyramidspark.op.rules.H2oRule;
import org.pyramidspark.op.rules.Pooling;
import org.pyramidspark.op.rules.PyramidPlusRule;
import org.pyramidspark.op.rules.PyramidRule;
import org.pyramidspark.op.rules.Rule;
import org.pyramidspark.op.rules.ScissorhandsRule;
import org.pyramidspark.op.rules.SnapKvRule;
import org.pyramidspark.op.rules.StreamingLlmRule;
import org.pyramidspark.op.rules.TovaRule;

/** The rule of one case's policy, by its settings. */
final class PolicyRules {
  private final PolicyCase wanted;
  private final Map<String, Object> settings;
  private final int promptTokens;

  private PolicyRules(PolicyCase wanted) {
    this.wanted = wanted;
    this.settings = wanted.cachePolicy().settings();
    this.promptTokens = wanted.prompt().tokens();
  }

  static Rule of(PolicyCase wanted) {
    return new PolicyRules(wanted).rule();
  }

  private Rule rule() {
    return switch (wanted.policy()) {
      case "full" -> new FullRule();
      case "pyramid" ->
          new PyramidRule(
              ((PyramidPolicy) wanted.cachePolicy()).config(), wanted.prompt(), wanted.numLayers());
      case "pyramid-plus" -> new PyramidPlusRule(pyramidPlus());
      case "h2o" -> new H2oRule(budget(), (double) settings.get("recent_ratio"));
      case "scissorhands" ->
          new ScissorhandsRule(budget(), whole("history"), whole("recent"), whole("drop"));
      case "streaming-llm" -> new StreamingLlmRule(budget(), whole("sink_tokens"));
      case "snapkv" ->
          new SnapKvRule(
              Collections.nCopies(wanted.numLayers(), budget()), whole("window"), pooling());
      case "pyramidkv" ->
          new SnapKvRule(
              SnapKvRule.fallingBudgets(
                  Math.min(budget(), promptTokens),
                  whole("window"),
                  whole("beta"),
                  promptTokens,
                  wanted.numLayers()),
              whole("window"),
              pooling());
      case "tova" -> new TovaRule(budget());
      default -> throw new IllegalArgumentException(wanted.policy());
    };
  }

  private int budget() {
    int tokens = whole("budget_tokens");
    double ratio = (double) settings.get("budget");
    return tokens > 0 ? tokens : Math.max(1, (int) (ratio * promptTokens));
  }

  private int whole(String key) {
    return (int) settings.get(key);
  }

  private boolean is(String key, String value) {
    return value.equals(settings.get(key));
  }

  private Pooling pooling() {
    return new Pooling(whole("kernel_size"), is("pooling", "max"));
  }

  private PyramidPlusRule.Settings pyramidPlus() {
    PromptShape prompt = wanted.prompt();
    boolean protects = is("protect", "all-but-document");
    int before = protects ? prompt.documentFrom() : 0;
    int after = protects ? promptTokens - prompt.documentTo() : 0;
    return new PyramidPlusRule.Settings(
        PyramidPlusRule.risingBudgets(
            Math.min(
                Math.max(budget(), whole("budget_tokens") > 0 ? 0 : whole("min_context")),
                promptTokens),
            (double) settings.get("budget_slope"),
            before + after,
            promptTokens,
            wanted.numLayers()),
        (double) settings.get("row_keep"),
        whole("first_layer"),
        whole("min_context"),
        whole("window"),
        new Pooling(whole("smoothing"), false),
        new Pooling(whole("row_smoothing"), false),
        whole("sink_tokens"),
        is("value_norm", "true"),
        is("per_kv_head", "true"),
        before,
        after);
  }
}
