package org.pyramidspark.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Prompts to measure with.
 *
 * @param name for reports
 * @param prompts token ids
 */
public record Workload(String name, List<int[]> prompts) {
  private static final int SYNTHETIC_PROMPTS = 8;
  private static final int SYNTHETIC_TOKENS = 1024;

  public Workload {
    prompts = List.copyOf(prompts);
  }

  /** Prompt lengths in tokens. */
  public List<Integer> lengths() {
    return prompts.stream().map(prompt -> prompt.length).toList();
  }

  public long promptTokens() {
    return prompts.stream().mapToLong(prompt -> prompt.length).sum();
  }

  /**
   * Reads JSONL with {@code prompt_token_ids}.
   *
   * @throws InvalidInputException if a line does not serve
   */
  public static Workload read(Path file) {
    JsonMapper mapper = new JsonMapper();
    List<int[]> prompts = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank()) {
          prompts.add(prompt(mapper, lines.get(i), file, i + 1));
        }
      }
    } catch (IOException unreadable) {
      throw InvalidInputException.of(
          "Workload %s cannot be read: %s; give a JSONL file with prompt_token_ids.",
          file, unreadable.getMessage());
    }
    if (prompts.isEmpty()) {
      throw InvalidInputException.of(
          "Workload %s has no rows; give at least one line with prompt_token_ids.", file);
    }
    return new Workload(file.getFileName().toString(), prompts);
  }

  private static int[] prompt(JsonMapper mapper, String line, Path file, int number) {
    JsonNode ids;
    try {
      ids = mapper.readTree(line).path("prompt_token_ids");
    } catch (JsonProcessingException wrong) {
      ids = mapper.missingNode();
    }
    boolean numbers =
        ids.isArray()
            && !ids.isEmpty()
            && IntStream.range(0, ids.size()).mapToObj(ids::get).allMatch(JsonNode::isInt);
    if (!numbers) {
      throw InvalidInputException.of(
          "Workload %s, line %d: there is no field prompt_token_ids with a list of token ids; add"
              + " one.",
          file, number);
    }
    JsonNode tokens = ids;
    return IntStream.range(0, ids.size()).map(i -> tokens.get(i).asInt()).toArray();
  }

  /** Random token ids: time depends on lengths, not on what prompts say. */
  public static Workload synthetic(int vocabularySize) {
    SplittableRandom random = new SplittableRandom(1);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < SYNTHETIC_PROMPTS; i++) {
      prompts.add(random.ints(SYNTHETIC_TOKENS, vocabularySize / 8, vocabularySize).toArray());
    }
    return new Workload(
        "%d x %d random tokens".formatted(SYNTHETIC_PROMPTS, SYNTHETIC_TOKENS), prompts);
  }
}
