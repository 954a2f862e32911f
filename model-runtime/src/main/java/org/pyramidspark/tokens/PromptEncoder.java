package org.pyramidspark.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.ChatEncoder.Turn;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * From prompts to tokens: the chat template around the text, and what is too long cut. Text of a
 * row never becomes a control token; for text that spells none, the ids are those that Hugging Face
 * gives for the whole rendered conversation. Thread-safe.
 */
public final class PromptEncoder {
  private final Tokenizer tokenizer;
  private final Optional<ChatEncoder> chat;

  private PromptEncoder(Tokenizer tokenizer, Optional<ChatEncoder> chat) {
    this.tokenizer = tokenizer;
    this.chat = chat;
  }

  /** An encoder with a checkpoint's chat template; the checkpoint may be closed afterwards. */
  public static PromptEncoder of(Checkpoint checkpoint, Tokenizer tokenizer) {
    return of(tokenizer, checkpoint.chatTemplate());
  }

  /**
   * @param chatTemplate the template's Jinja source; without one, documents are encoded as plain
   *     text and conversations are refused
   */
  public static PromptEncoder of(Tokenizer tokenizer, Optional<String> chatTemplate) {
    return new PromptEncoder(
        tokenizer,
        chatTemplate
            .map(source -> new ChatTemplate(source, tokenizer.bosText(), tokenizer.eosText()))
            .map(template -> new ChatEncoder(template, tokenizer)));
  }

  /**
   * @param maxPromptTokens the most tokens, template included, at least 1
   * @throws InvalidInputException if the prompt is longer than {@code maxPromptTokens} and may not,
   *     or cannot, be truncated; if it has no tokens; or if it is not a prompt for this model
   */
  public EncodedPrompt encode(Prompt prompt, int maxPromptTokens, Truncation rule) {
    PromptFitter fitter = new PromptFitter(tokenizer, maxPromptTokens, rule);
    EncodedPrompt encoded =
        switch (prompt) {
          case Prompt.Document document ->
              fitter.fit(document.document(), text -> encode(document, text));
          case Prompt.Chat conversation -> encode(conversation.messages(), fitter);
          case Prompt.RawText raw -> fitter.fit(raw.text(), text -> plain().text(text).prompt());
          case Prompt.TokenIds ids -> fitter.fit(checked(ids.tokens()));
        };
    if (encoded.tokens().length == 0) {
      throw new InvalidInputException("The prompt has no tokens; give one with text.");
    }
    return encoded;
  }

  private PromptTokens plain() {
    return new PromptTokens(tokenizer);
  }

  private EncodedPrompt encode(Prompt.Document prompt, String document) {
    // The instruction comes last: PyramidInfer keeps what the last rows attend to.
    String rest = "\n\n" + prompt.instruction();
    if (chat.isEmpty()) {
      String system = prompt.system().map(text -> text + "\n\n").orElse("");
      return plain().text(system).document(document).text(rest).prompt();
    }
    List<Turn> turns = new ArrayList<>();
    prompt.system().ifPresent(system -> turns.add(new Turn("system", "", system)));
    turns.add(new Turn("user", document, rest));
    return chat.get().encode(turns);
  }

  private EncodedPrompt encode(List<Message> messages, PromptFitter fitter) {
    ChatEncoder encoder =
        chat.orElseThrow(
            () ->
                new InvalidInputException(
                    "The row has 'messages' and the model has no chat template; give 'prompt'"
                        + " instead, or use a model with a template."));
    if (messages.isEmpty()) {
      throw new InvalidInputException("The row's 'messages' are empty; give at least one.");
    }
    int longest = longest(messages);
    Function<String, EncodedPrompt> withText =
        text -> {
          List<Turn> turns = new ArrayList<>(messages.stream().map(Turn::of).toList());
          turns.set(longest, new Turn(messages.get(longest).role(), "", text));
          return encoder.encode(turns);
        };
    return fitter.fit(messages.get(longest).content(), withText);
  }

  /** The first of the longest. */
  private static int longest(List<Message> messages) {
    return IntStream.range(1, messages.size())
        .reduce(
            0,
            (best, i) ->
                messages.get(i).content().length() > messages.get(best).content().length()
                    ? i
                    : best);
  }

  private int[] checked(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= tokenizer.vocabularySize()) {
        throw InvalidInputException.of(
            "Prompt token %d is %d; the model's vocabulary has ids from 0 to %d.",
            i, tokens[i], tokenizer.vocabularySize() - 1);
      }
    }
    return tokens;
  }
}
