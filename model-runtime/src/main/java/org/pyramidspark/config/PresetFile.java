package org.pyramidspark.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pyramidspark.errors.InvalidInputException;

/**
 * One preset's text, read strictly: flat YAML, known keys only, each once, each of its type and
 * range.
 *
 * @param origin the file or the built-in preset, for messages
 * @param base the built-in preset that it extends, if any
 * @param values what it sets itself
 */
record PresetFile(String origin, Optional<String> base, Map<PyramidSetting, Object> values) {
  private static final String EXTENDS = "extends";
  private static final Pattern DUPLICATE = Pattern.compile("^Duplicate field '(.*)'");
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Reads the YAML {@code text}; every fault is an {@link InvalidInputException} that names it. */
  static PresetFile parse(String origin, String text) {
    Optional<String> base = Optional.empty();
    Map<PyramidSetting, Object> values = new EnumMap<>(PyramidSetting.class);
    for (var entry : tree(origin, text).properties()) {
      if (entry.getKey().equals(EXTENDS)) {
        base = Optional.of(baseName(origin, entry.getValue()));
      } else {
        PyramidSetting setting = known(origin, entry.getKey());
        values.put(setting, value(origin, setting, entry.getValue()));
      }
    }
    return new PresetFile(origin, base, values);
  }

  private static PyramidSetting known(String origin, String key) {
    return PyramidSetting.ofKey(key)
        .orElseThrow(
            () ->
                Spelling.unknownKey(
                    origin,
                    key,
                    Stream.concat(PyramidSetting.keys().stream(), Stream.of(EXTENDS)).toList()));
  }

  private static JsonNode tree(String origin, String text) {
    try {
      JsonNode tree = YAML.readTree(text);
      if (!tree.isObject()) {
        throw InvalidInputException.of(
            "%s: found %s; a preset has a line 'key: value' for each setting.",
            origin, tree.isMissingNode() || tree.isNull() ? "nothing" : shown(tree));
      }
      return tree;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(notYaml(origin, e), e);
    }
  }

  private static String notYaml(String origin, JsonProcessingException e) {
    String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
    Matcher twice = DUPLICATE.matcher(e.getOriginalMessage());
    if (twice.find()) {
      return "%s%s: key '%s' is there twice; keep one.".formatted(origin, where, twice.group(1));
    }
    if (e.getOriginalMessage().startsWith("Trailing token")) {
      return "%s%s: a second document begins; keep one.".formatted(origin, where);
    }
    String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    return "%s%s: this is not YAML (%s); write a line 'key: value' for each setting."
        .formatted(origin, where, reason);
  }

  private static String baseName(String origin, JsonNode node) {
    if (!node.isTextual() || !Presets.NAMES.contains(node.asText())) {
      throw InvalidInputException.of(
          "%s: %s is %s; give one of %s.",
          origin, EXTENDS, shown(node), String.join(", ", Presets.NAMES));
    }
    return node.asText();
  }

  private static Object value(String origin, PyramidSetting setting, JsonNode node) {
    try {
      boolean switched = node.isBoolean() && setting.accepts(node.asText());
      if (!switched && (setting.isNumeric() ? !node.isNumber() : !node.isTextual())) {
        throw setting.refused(shown(node));
      }
      return setting.parse(node.asText());
    } catch (InvalidInputException e) {
      throw new InvalidInputException(origin + ": " + e.getMessage(), e);
    }
  }

  private static String shown(JsonNode node) {
    if (node.isNull()) {
      return "empty";
    }
    String text = node.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
