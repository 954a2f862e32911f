package org.pyramidspark.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.Prompt.Message;

/**
 * From prompts to tokens: the chat template around the text, and what is too long cut. Text of a row
 * never becomes a control token; for text that spells none, the ids are those that Hugging Face gives
 * for the whole rendered conversation. Thread-safe.
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
    return new PromptEncoder(
        tokenizer,
        checkpoint
            .chatTemplate()
            .map(source -> new ChatTemplate(source, tokenizer.bosText(), tokenizer.eosText()))
            .map(template -> new ChatEncoder(template, tokenizer)));
  }

  /**
   * @param maxPromptTokens the most tokens, template included, at least 1
   * @throws InvalidInputException if the prompt is longer than {@code maxPromptTokens} and may not, or
   *     cannot, be truncated; or if it is not a prompt for this model
   */
  public EncodedPrompt encode(Prompt prompt, int maxPromptTokens, Truncation rule) {
    return switch (prompt) {
      case Prompt.Document document -> encode(document, maxPromptTokens, rule);
      case Prompt.Chat conversation -> encode(conversation.messages(), maxPromptTokens, rule);
      case Prompt.RawText raw ->
          fit(raw.text(), text -> withStart(tokenizer.encodeContent(text)), maxPromptTokens, rule);
      case Prompt.TokenIds ids -> fit(ids.tokens(), maxPromptTokens, rule);
    };
  }

  private EncodedPrompt encode(Prompt.Document prompt, int maxPromptTokens, Truncation rule) {
    if (chat.isEmpty()) {
      return fit(
          prompt.document(),
          text ->
              withStart(tokenizer.encodeContent(text + "\n\n" + prompt.instruction())),
          maxPromptTokens,
          rule);
    }
    return fit(
        prompt.document(),
        text -> {
          List<Message> messages = new ArrayList<>();
          prompt.system().ifPresent(system -> messages.add(new Message("system", system)));
          // The instruction comes last: PyramidInfer keeps what the last rows attend to.
          messages.add(new Message("user", text + "\n\n" + prompt.instruction()));
          return withStart(chat.get().encode(messages));
        },
        maxPromptTokens,
        rule);
  }

  private EncodedPrompt encode(List<Message> messages, int maxPromptTokens, Truncation rule) {
    ChatEncoder encoder =
        chat.orElseThrow(
            () ->
                InvalidInputException.of(
                    "The row has 'messages' and the model has no chat template; give 'prompt' instead,"
                        + " or use a model with a template."));
    if (messages.isEmpty()) {
      throw InvalidInputException.of("The row's 'messages' are empty; give at least one.");
    }
    int longest =
        IntStream.range(0, messages.size())
            .boxed()
            .max((a, b) -> messages.get(a).content().length() - messages.get(b).content().length())
            .orElseThrow();
    return fit(
        messages.get(longest).content(),
        text -> {
          List<Message> cut = new ArrayList<>(messages);
          cut.set(longest, new Message(messages.get(longest).role(), text));
          return withStart(encoder.encode(cut));
        },
        maxPromptTokens,
        rule);
  }

  private int[] withStart(int[] tokens) {
    if (tokenizer.startToken().isEmpty()
        || tokens.length > 0 && tokens[0] == tokenizer.startToken().getAsInt()) {
      return tokens;
    }
    int[] started = new int[tokens.length + 1];
    started[0] = tokenizer.startToken().getAsInt();
    System.arraycopy(tokens, 0, started, 1, tokens.length);
    return started;
  }

  /** The whole prompt's tokens, with a text in the place of the one that may be cut. */
  interface Encoding {
    int[] tokens(String text);
  }

  private EncodedPrompt fit(
      String text, Encoding encoding, int maxPromptTokens, Truncation rule) {
    int[] whole = encoding.tokens(text);
    if (whole.length <= maxPromptTokens) {
      return new EncodedPrompt(whole, whole.length, false);
    }
    refuse(whole.length, maxPromptTokens, rule);
    TextCut cut = new TextCut(tokenizer, text, rule);
    int excess = whole.length - maxPromptTokens;
    for (int kept = cut.numTokens() - excess; kept >= 0; kept -= excess) {
      int[] tokens = encoding.tokens(cut.keep(kept));
      if (tokens.length <= maxPromptTokens) {
        return new EncodedPrompt(tokens, whole.length, true);
      }
      excess = tokens.length - maxPromptTokens;
    }
    int[] least = encoding.tokens("");
    if (least.length <= maxPromptTokens) {
      return new EncodedPrompt(least, whole.length, true);
    }
    throw InvalidInputException.of(
        "The prompt has %d tokens, %d of them template and instruction, which are never cut; the limit"
            + " is %d, so raise --max-prompt-tokens or shorten the instruction.",
        whole.length, least.length, maxPromptTokens);
  }

  private EncodedPrompt fit(int[] tokens, int maxPromptTokens, Truncation rule) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= tokenizer.vocabularySize()) {
        throw InvalidInputException.of(
            "Prompt token %d is %d; the model's vocabulary has ids from 0 to %d.",
            i, tokens[i], tokenizer.vocabularySize() - 1);
      }
    }
    if (tokens.length <= maxPromptTokens) {
      return new EncodedPrompt(tokens, tokens.length, false);
    }
    refuse(tokens.length, maxPromptTokens, rule);
    int head = rule.headTokens(maxPromptTokens);
    int tail = maxPromptTokens - head;
    int[] kept = new int[maxPromptTokens];
    System.arraycopy(tokens, 0, kept, 0, head);
    System.arraycopy(tokens, tokens.length - tail, kept, head, tail);
    return new EncodedPrompt(kept, tokens.length, true);
  }

  private static void refuse(int numTokens, int maxPromptTokens, Truncation rule) {
    if (rule == Truncation.ERROR) {
      throw InvalidInputException.of(
          "The prompt has %d tokens and the limit is %d; raise --max-prompt-tokens, shorten the prompt,"
              + " or allow cutting with --truncate middle.",
          numTokens, maxPromptTokens);
    }
  }
}
