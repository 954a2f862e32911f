package org.pyramidspark.engine;

/** Counts the tokens of one caller's requests. Written by the engine's thread, read by any. */
final class TokenCounter {
  private volatile ComputedTokens computed = new ComputedTokens(0, 0, 0);

  void addPrompt(int tokens) {
    computed =
        new ComputedTokens(
            computed.prompts() + 1, computed.promptTokens() + tokens, computed.newTokens());
  }

  void addNewToken() {
    computed =
        new ComputedTokens(computed.prompts(), computed.promptTokens(), computed.newTokens() + 1);
  }

  ComputedTokens computed() {
    return computed;
  }
}
