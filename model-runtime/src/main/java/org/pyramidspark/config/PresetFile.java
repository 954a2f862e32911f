package org.pyramidspark.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pyramidspark.errors.InvalidInputException;

/**
 * One preset's text, read strictly: flat YAML, known keys only, each once, each of its type and
 * range. What {@code calibrate} adds, the model and the evidence, may be there too.
 *
 * @param origin the file or the built-in preset, for messages
 * @param base the built-in preset that it extends, if any
 * @param model that it was made for, if it says so
 * @param settings what it sets itself, the policy's name included
 */
record PresetFile(
    String origin,
    Optional<String> base,
    Optional<PresetModel> model,
    Map<String, JsonNode> settings) {
  static final String PYRAMID = "pyramid";

  private static final String EXTENDS = "extends";
  private static final String MODEL = "model";
  private static final String EVIDENCE = "evidence";
  private static final Pattern DUPLICATE = Pattern.compile("^Duplicate field '(.*)'");
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Reads the YAML {@code text}; every fault is an {@link InvalidInputException} that names it. */
  static PresetFile parse(String origin, String text) {
    Optional<String> base = Optional.empty();
    Optional<PresetModel> model = Optional.empty();
    Map<String, JsonNode> settings = new LinkedHashMap<>();
    for (var entry : tree(origin, text).properties()) {
      switch (entry.getKey()) {
        case EXTENDS -> base = Optional.of(baseName(origin, entry.getValue()));
        case MODEL -> model = Optional.of(model(origin, entry.getValue()));
        case EVIDENCE -> {} // For people.
        default -> settings.put(entry.getKey(), entry.getValue());
      }
    }
    return new PresetFile(origin, base, model, settings);
  }

  private static PresetModel model(String origin, JsonNode node) {
    if (!node.path("name").isTextual() || !node.path("sha256").isTextual()) {
      throw InvalidInputException.of(
          "%s: %s is %s; give the model's name and sha256, or leave it out.",
          origin, MODEL, shown(node));
    }
    return new PresetModel(node.get("name").asText(), node.get("sha256").asText());
  }

  /** Whose settings they are; pyramid's, where it does not say. */
  String policy() {
    JsonNode name = settings.get(PyramidSetting.POLICY.key());
    return name == null || !name.isTextual() ? PYRAMID : name.asText();
  }

  /** The settings of pyramid. */
  Map<PyramidSetting, Object> values() {
    Map<PyramidSetting, Object> values = new EnumMap<>(PyramidSetting.class);
    settings.forEach(
        (key, node) -> {
          PyramidSetting setting = known(origin, key);
          values.put(setting, value(origin, setting, node));
        });
    return values;
  }

  /** The settings of any other policy, as text. */
  Map<String, String> texts() {
    if (base.isPresent()) {
      throw InvalidInputException.of(
          "%s: %s is for presets of %s, and this is of %s; give all settings, or those that are not"
              + " the policy's own.",
          origin, EXTENDS, PYRAMID, policy());
    }
    Map<String, String> texts = new LinkedHashMap<>();
    settings.forEach(
        (key, node) -> {
          if (!node.isValueNode() || node.isNull()) {
            throw InvalidInputException.of(
                "%s: setting %s is %s; give one value.", origin, key, shown(node));
          }
          texts.put(key, node.asText());
        });
    texts.remove(PyramidSetting.POLICY.key());
    return texts;
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
