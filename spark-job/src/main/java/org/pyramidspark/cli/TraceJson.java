package org.pyramidspark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.engine.CacheTrace;
import org.pyramidspark.engine.CacheTrace.Step;

/** A trace as JSON, in the form of the cases that the algorithm is tested with. */
final class TraceJson {
  private TraceJson() {}

  static String of(String preset, CacheTrace trace) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("preset", preset);
    json.put("settings", settings(trace));
    json.put("prefill_kv_lengths", trace.prefillKvLengths());
    json.put("dropped_after_layer", trace.droppedAfterLayer());
    json.put(
        "last_logits_top10",
        trace.topLogits().stream().map(s -> List.of(s.token(), s.logit())).toList());
    json.put("last_logits_l2", trace.logitsNorm());
    if (!trace.steps().isEmpty()) {
      putSteps(json, trace.steps(), trace.keptPositions().size());
    }
    try {
      return new ObjectMapper().writeValueAsString(json);
    } catch (JsonProcessingException error) {
      throw new IllegalStateException(error);
    }
  }

  private static Map<String, Object> settings(CacheTrace trace) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.putAll(trace.policy().settings());
    settings.put("compress", !(trace.policy() instanceof FullPolicy));
    return settings;
  }

  private static void putSteps(Map<String, Object> json, List<Step> steps, int numLayers) {
    json.put("greedy_tokens", steps.stream().map(Step::token).toList());
    json.put("top2_gap", steps.stream().map(Step::topGap).toList());
    Map<String, List<Integer>> lengths = new LinkedHashMap<>();
    for (int layer = 0; layer < numLayers; layer++) {
      int l = layer;
      lengths.put(String.valueOf(layer), steps.stream().map(step -> step.kvLengths()[l]).toList());
    }
    json.put("kv_lengths_by_step", lengths);
    json.put(
        "kv_tokens_total_by_step",
        steps.stream().map(step -> Arrays.stream(step.kvLengths()).sum()).toList());
  }
}
