package org.pyramidspark.prompts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pyramidspark.prompts.RowFields.BadRow;
import org.pyramidspark.tokens.Prompt;

/**
 * Plain rows: exactly one of {@code prompt} (raw text, no chat template), {@code messages} (a chat,
 * each with {@code role} and {@code content}) and {@code prompt_token_ids}; optional {@code id},
 * {@code reference} and {@code max_new_tokens}.
 */
record PlainRows() implements RowParser {
  private static final List<String> SOURCES = List.of("prompt", "messages", "prompt_token_ids");

  @Override
  public List<PromptRow> parse(RowFields row) {
    String id = row.place().id();
    Optional<String> reference = Optional.empty();
    try {
      id = row.id();
      reference = row.optionalText("reference");
      return List.of(
          new PromptRow.Valid(
              id, row.place().toString(), prompt(row), reference, row.maxNewTokens()));
    } catch (BadRow bad) {
      return List.of(new PromptRow.Invalid(id, reference, bad.error()));
    }
  }

  private static Prompt prompt(RowFields row) throws BadRow {
    List<String> given = SOURCES.stream().filter(row::has).toList();
    if (given.size() != 1) {
      throw row.bad(
          RowError.Kind.MISSING_FIELD,
          "the row has %s; give exactly one of prompt, messages and prompt_token_ids.",
          given.isEmpty() ? "no prompt" : String.join(" and ", given));
    }
    return switch (given.getFirst()) {
      case "prompt" -> new Prompt.RawText(row.text("prompt"));
      case "messages" -> new Prompt.Chat(messages(row));
      default -> new Prompt.TokenIds(tokenIds(row));
    };
  }

  private static List<Prompt.Message> messages(RowFields row) throws BadRow {
    List<Prompt.Message> messages = new ArrayList<>();
    for (JsonNode message : row.list("messages")) {
      String name = "messages[%d]".formatted(messages.size());
      String role = message.path("role").asText();
      if (Stream.of("system", "user", "assistant").noneMatch(role::equals)) {
        throw row.bad(
            RowError.Kind.WRONG_TYPE,
            "%s.role is %s; give system, user or assistant.",
            name,
            RowFields.shown(message.path("role")));
      }
      messages.add(new Prompt.Message(role, row.text(name + ".content", message.path("content"))));
    }
    return messages;
  }

  private static int[] tokenIds(RowFields row) throws BadRow {
    JsonNode ids = row.list("prompt_token_ids");
    int[] tokens = new int[ids.size()];
    for (int i = 0; i < tokens.length; i++) {
      JsonNode id = ids.get(i);
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw row.bad(
            RowError.Kind.WRONG_TYPE,
            "prompt_token_ids[%d] is %s; give whole numbers of at least 0.",
            i,
            RowFields.shown(id));
      }
      tokens[i] = id.intValue();
    }
    return tokens;
  }
}
