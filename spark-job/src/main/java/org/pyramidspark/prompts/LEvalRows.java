package org.pyramidspark.prompts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.prompts.RowFields.BadRow;
import org.pyramidspark.tokens.Prompt;

/**
 * Rows of L-Eval (arXiv 2307.11088): one document in {@code input}, several {@code instructions}
 * and a reference for each in {@code outputs}. Each instruction gives one prompt, with the id
 * {@code row/index}.
 */
record LEvalRows() implements RowParser {

  @Override
  public List<PromptRow> parse(RowFields row) {
    List<PromptRow> prompts = new ArrayList<>();
    int instructions = Math.max(1, row.row().path("instructions").size());
    for (int i = 0; i < instructions; i++) {
      prompts.add(prompt(row, i));
    }
    return prompts;
  }

  private static PromptRow prompt(RowFields row, int index) {
    String id = row.place().id() + "/" + index;
    Optional<String> reference = reference(row.row().path("outputs").path(index));
    try {
      id = row.id() + "/" + index;
      String instruction =
          row.text("instructions[%d]".formatted(index), row.list("instructions").get(index));
      checkOutputs(row);
      Prompt prompt = new Prompt.Document(row.text("input"), instruction, Optional.empty());
      return new PromptRow.Valid(id, row.place().toString(), prompt, reference, row.maxNewTokens());
    } catch (BadRow bad) {
      return new PromptRow.Invalid(id, reference, bad.error());
    }
  }

  private static Optional<String> reference(JsonNode output) {
    return output.isTextual() ? Optional.of(output.asText()) : Optional.empty();
  }

  private static void checkOutputs(RowFields row) throws BadRow {
    JsonNode outputs = row.row().path("outputs");
    if (row.has("outputs") && !outputs.isArray()) {
      throw row.bad(
          RowError.Kind.WRONG_TYPE,
          "outputs is %s; give a list with one reference for each instruction.",
          RowFields.shown(outputs));
    }
  }
}
