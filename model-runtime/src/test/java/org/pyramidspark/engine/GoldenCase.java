package org.pyramidspark.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.PyramidPolicy;
import org.pyramidspark.config.PyramidConfig;
import org.pyramidspark.config.PyramidConfig.Generation;
import org.pyramidspark.config.PyramidConfig.Prefill;
import org.pyramidspark.config.Schedule;

/** One prompt under one preset, computed by an independent implementation in float32. */
record GoldenCase(String prompt, int[] tokens, JsonNode json) {

  static List<GoldenCase> all() {
    try (InputStream in = GoldenCase.class.getResourceAsStream("/golden/pyramid.json")) {
      List<GoldenCase> cases = new ArrayList<>();
      for (JsonNode prompt : new ObjectMapper().readTree(in).get("prompts")) {
        for (JsonNode json : prompt.get("cases")) {
          cases.add(new GoldenCase(prompt.get("name").asText(), ints(prompt.get("tokens")), json));
        }
      }
      return cases;
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  boolean isOf(String preset) {
    return json.get("preset").asText().equals(preset);
  }

  CachePolicy policy() {
    JsonNode s = json.get("settings");
    if (!s.get("compress").asBoolean()) {
      return new FullPolicy();
    }
    return new PyramidPolicy(
        new PyramidConfig(
            new Prefill(
                s.get("recent_ratio").asDouble(),
                s.get("prefill_decay").asDouble(),
                schedule(s.get("prefill_schedule")),
                s.get("min_context").asInt(),
                s.get("layer_interval").asInt(),
                s.get("sink_tokens").asInt(),
                s.get("distance_weight").asDouble()),
            new Generation(
                s.get("gen_decay").asDouble(),
                schedule(s.get("gen_schedule")),
                s.get("gen_compress").asDouble(),
                s.get("exceed_length").asInt())));
  }

  private static Schedule schedule(JsonNode name) {
    return Schedule.valueOf(name.asText().toUpperCase(Locale.ROOT));
  }

  int[] ints(String field) {
    return ints(json.get(field));
  }

  float[] floats(String field) {
    JsonNode node = json.get(field);
    float[] values = new float[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) node.get(i).asDouble();
    }
    return values;
  }

  static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  @Override
  public String toString() {
    return prompt + ", " + json.get("preset").asText();
  }
}
