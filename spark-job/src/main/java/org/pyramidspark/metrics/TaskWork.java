package org.pyramidspark.metrics;

import java.io.Serializable;

/**
 * What a task has read and computed since it started, rows that are not finished included.
 *
 * @param readBytes bytes of text of the rows that it has read, counted as splits count theirs
 * @param requests rows that it has given to the engine
 * @param requestedPromptTokens tokens of these rows' prompts
 * @param requestedNewTokens the most tokens that these rows may generate
 * @param prompts of these rows, those whose prompt is computed
 * @param promptTokens tokens of these prompts
 * @param newTokens tokens sampled
 */
public record TaskWork(
    long readBytes,
    long requests,
    long requestedPromptTokens,
    long requestedNewTokens,
    long prompts,
    long promptTokens,
    long newTokens)
    implements Serializable {
  static final TaskWork NONE = new TaskWork(0, 0, 0, 0, 0, 0, 0);

  TaskWork plus(TaskWork other) {
    return new TaskWork(
        readBytes + other.readBytes,
        requests + other.requests,
        requestedPromptTokens + other.requestedPromptTokens,
        requestedNewTokens + other.requestedNewTokens,
        prompts + other.prompts,
        promptTokens + other.promptTokens,
        newTokens + other.newTokens);
  }

  boolean isNone() {
    return promptTokens == 0;
  }
}
