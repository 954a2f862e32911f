package org.pyramidspark.tokens;

import java.util.List;
import java.util.Optional;

/** What a row asks, before it is tokens. */
public sealed interface Prompt {

  /**
   * A document and what to do with it, in the model's chat template. Only the document may be
   * truncated.
   */
  record Document(String document, String instruction, Optional<String> system) implements Prompt {}

  /** A conversation, in the model's chat template. */
  record Chat(List<Message> messages) implements Prompt {

    public Chat {
      messages = List.copyOf(messages);
    }
  }

  /** Text as it is, without a template. */
  record RawText(String text) implements Prompt {}

  /** Tokens as they are. */
  record TokenIds(int[] tokens) implements Prompt {}

  /**
   * One turn of a conversation.
   *
   * @param role {@code system}, {@code user} or {@code assistant}
   */
  record Message(String role, String content) {}
}
