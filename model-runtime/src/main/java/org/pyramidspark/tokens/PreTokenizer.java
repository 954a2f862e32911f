package org.pyramidspark.tokens;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pyramidspark.errors.InvalidInputException;

/** How text is split before byte-level BPE, by the names that GGUF files use. */
enum PreTokenizer {
  /** GPT-2's rule. */
  GPT_2("gpt-2", List.of(byteLevel(true)), false, false),
  /** GPT-2's rule after each digit was split off. */
  SMOLLM(
      "smollm",
      List.of(Map.of("type", "Digits", "individual_digits", true), byteLevel(true)),
      false,
      false),
  /** Llama 3's rule: digits by threes, and whole words of the vocabulary without merging. */
  LLAMA_BPE("llama-bpe", List.of(split("\\p{N}{1,3}"), byteLevel(false)), true, false),
  /** Qwen 2's rule: single digits, after composing characters (NFC). */
  QWEN2("qwen2", List.of(split("\\p{N}"), byteLevel(false)), false, true);

  private final String label;
  private final List<Map<String, Object>> steps;
  private final boolean ignoreMerges;
  private final boolean composes;

  PreTokenizer(
      String label, List<Map<String, Object>> steps, boolean ignoreMerges, boolean composes) {
    this.label = label;
    this.steps = steps;
    this.ignoreMerges = ignoreMerges;
    this.composes = composes;
  }

  static Map<String, Object> byteLevel(boolean regex) {
    return Map.of(
        "type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", regex);
  }

  /** Llama 3's and Qwen 2's expression, which differ in the digits. */
  private static Map<String, Object> split(String digits) {
    String regex =
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
            + digits
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    return Map.of(
        "type",
        "Split",
        "pattern",
        Map.of("Regex", regex),
        "behavior",
        "Isolated",
        "invert",
        false);
  }

  static PreTokenizer named(String name) {
    return Arrays.stream(values())
        .filter(rule -> rule.label.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "The model's pre-tokenizer is '%s'; known are %s, so name a model with one of"
                        + " these.",
                    name,
                    Arrays.stream(values())
                        .map(rule -> rule.label)
                        .collect(Collectors.joining(", "))));
  }

  /** The rule as {@code tokenizer.json} has it. */
  Map<String, Object> json() {
    return Map.of("type", "Sequence", "pretokenizers", steps);
  }

  Optional<Map<String, Object>> normalizer() {
    return composes ? Optional.of(Map.of("type", "NFC")) : Optional.empty();
  }

  /** Whether a whole split that is a token is taken without merging. */
  boolean ignoreMerges() {
    return ignoreMerges;
  }
}
