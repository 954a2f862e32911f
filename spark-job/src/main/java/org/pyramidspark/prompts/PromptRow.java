package org.pyramidspark.prompts;

import java.util.Optional;
import java.util.OptionalInt;
import org.pyramidspark.tokens.Prompt;

/** One row to complete: each gives exactly one completion, whatever becomes of it. */
public sealed interface PromptRow {

  /** The same in every run over the same files; unique unless the corpus repeats its own ids. */
  String id();

  /** What the completion is compared with, if the corpus has it. */
  Optional<String> reference();

  /**
   * A row that can be completed.
   *
   * @param place file and line, or partition and row, to head messages
   * @param maxNewTokens the row's own limit, if it has one; at least 1
   */
  record Valid(
      String id, String place, Prompt prompt, Optional<String> reference, OptionalInt maxNewTokens)
      implements PromptRow {

    /** This row, with what was found to be wrong with it later. */
    public Invalid failed(RowError.Kind kind, String problem) {
      return new Invalid(id, reference, new RowError(kind, place + ": " + problem));
    }
  }

  /** A row that cannot be read; it becomes an error row of the output. */
  record Invalid(String id, Optional<String> reference, RowError error) implements PromptRow {}
}
