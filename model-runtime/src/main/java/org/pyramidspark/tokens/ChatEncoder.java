package org.pyramidspark.tokens;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * Encodes a conversation so that only the template's own control tokens become control tokens. For
 * texts that spell none, the ids are those of the whole rendered conversation, provided that the
 * template only strips contents and asks whether they are empty. Thread-safe.
 */
final class ChatEncoder {
  private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");
  private static final int MAX_SKELETONS = 256;

  /** A message whose text begins with a document, which may be empty. */
  record Turn(String role, String document, String rest) {

    static Turn of(Message message) {
      return new Turn(message.role(), "", message.content());
    }

    Message message() {
      return new Message(role, document + rest);
    }
  }

  /** What a rendering depends on. */
  private record Shape(String role, boolean empty) {}

  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final Map<String, Integer> controlTokens;
  private final Map<List<Shape>, ChatSkeleton> skeletons = new ConcurrentHashMap<>();

  ChatEncoder(ChatTemplate template, Tokenizer tokenizer) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.controlTokens = tokenizer.controlTokens();
  }

  EncodedPrompt encode(List<Turn> turns) {
    List<Message> messages = turns.stream().map(Turn::message).toList();
    PromptTokens tokens = new PromptTokens(tokenizer);
    for (ChatSkeleton.Part part : skeleton(messages).parts()) {
      switch (part) {
        case ChatSkeleton.Control control -> tokens.control(control.id());
        case ChatSkeleton.Text text -> tokens.text(text.text());
        case ChatSkeleton.Slot slot -> fill(slot, turns.get(slot.message()), tokens);
      }
    }
    return tokens.prompt();
  }

  /** Rendering takes a millisecond and most rows of a corpus look alike, so renderings are kept. */
  private ChatSkeleton skeleton(List<Message> messages) {
    List<Shape> shapes =
        messages.stream()
            .map(message -> new Shape(checkedRole(message), message.content().isEmpty()))
            .toList();
    ChatSkeleton known = skeletons.get(shapes);
    if (known != null) {
      return known;
    }
    ChatSkeleton rendered = ChatSkeleton.render(template, messages, controlTokens);
    if (skeletons.size() < MAX_SKELETONS) {
      skeletons.put(shapes, rendered);
    }
    return rendered;
  }

  /** Roles stand in the trusted part, so only known ones may. */
  private static String checkedRole(Message message) {
    if (!ROLES.contains(message.role())) {
      throw InvalidInputException.of(
          "A message has the role '%s'; use system, user, assistant or tool.", message.role());
    }
    return message.role();
  }

  private static void fill(ChatSkeleton.Slot slot, Turn turn, PromptTokens tokens) {
    String text = turn.document() + turn.rest();
    int from = text.length() - PythonText.strip(text, slot.stripsFront(), false).length();
    int to = Math.max(from, PythonText.strip(text, false, slot.stripsBack()).length());
    int documentEnd = Math.clamp(turn.document().length(), from, to);
    if (!turn.document().isEmpty()) {
      tokens.document(text.substring(from, documentEnd));
    }
    tokens.text(text.substring(documentEnd, to));
  }
}
