package org.pyramidspark.prompts;

import java.util.List;

/** Rows of one format. Stateless. */
sealed interface RowParser permits LEvalRows, PlainRows {

  /** The prompts of one row: at least one, those that are wrong as {@link PromptRow.Invalid}. */
  List<PromptRow> parse(RowFields row);

  static RowParser of(CorpusFormat format) {
    return switch (format) {
      case LEVAL -> new LEvalRows();
      case PROMPTS -> new PlainRows();
      case AUTO -> throw new IllegalArgumentException("The format must be recognised first.");
    };
  }
}
