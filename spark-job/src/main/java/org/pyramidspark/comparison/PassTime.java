package org.pyramidspark.comparison;

import java.io.Serializable;

/**
 * Completing rows under one policy, with an engine to itself.
 *
 * @param nanos from the first row's submission to the last row's end
 * @param prefillNanos of that, steps that computed prompts
 * @param decodeNanos of that, steps that computed generated tokens
 * @param promptTokens of the rows that were completed
 * @param generatedTokens of these rows
 */
public record PassTime(
    long nanos, long prefillNanos, long decodeNanos, long promptTokens, long generatedTokens)
    implements Serializable {
  static final PassTime NONE = new PassTime(0, 0, 0, 0, 0);

  PassTime plus(PassTime other) {
    return new PassTime(
        nanos + other.nanos,
        prefillNanos + other.prefillNanos,
        decodeNanos + other.decodeNanos,
        promptTokens + other.promptTokens,
        generatedTokens + other.generatedTokens);
  }
}
