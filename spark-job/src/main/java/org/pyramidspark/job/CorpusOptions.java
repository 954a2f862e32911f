package org.pyramidspark.job;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.prompts.CorpusFormat;

/**
 * What to read.
 *
 * @param input a JSONL file, a folder of them, or a glob
 * @param format of the rows
 * @param limit the first so many prompts only, if present
 * @param partitions splits to cut the corpus in, if the user says so
 */
public record CorpusOptions(
    String input, CorpusFormat format, OptionalLong limit, OptionalInt partitions) {

  public CorpusOptions {
    if (limit.orElse(1) < 1) {
      throw InvalidInputException.of(
          "Option --limit is %d; give 1 or more, or leave it out.", limit.getAsLong());
    }
    if (partitions.orElse(1) < 1) {
      throw InvalidInputException.of(
          "Option --partitions is %d; give 1 or more, or leave it out.", partitions.getAsInt());
    }
  }
}
