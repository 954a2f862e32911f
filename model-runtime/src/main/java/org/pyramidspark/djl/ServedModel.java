package org.pyramidspark.djl;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.engine.EngineMetrics;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.InferenceEngine;
import org.pyramidspark.engine.ResultStream;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.EncodedPrompt;
import org.pyramidspark.tokens.Prompt;
import org.pyramidspark.tokens.PromptEncoder;
import org.pyramidspark.tokens.Tokenizer;

/** A model in memory with all that it takes to complete prompts. Thread-safe. */
final class ServedModel implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final Tokenizer tokenizer;
  private final PromptEncoder encoder;
  private final InferenceEngine engine;

  /** The tokenizer's native memory must not go while a thread is in it. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private boolean closed;

  private ServedModel(Checkpoint checkpoint, Tokenizer tokenizer, EngineOptions options) {
    this.checkpoint = checkpoint;
    this.tokenizer = tokenizer;
    this.encoder = PromptEncoder.of(checkpoint, tokenizer);
    this.engine = InferenceEngine.open(checkpoint, tokenizer, options);
  }

  /**
   * @throws InvalidInputException if the file is damaged or no model of the Llama family
   */
  static ServedModel open(Path file, EngineOptions options) {
    Checkpoint checkpoint = Checkpoint.open(file);
    try {
      return open(checkpoint, options);
    } catch (RuntimeException | Error failure) {
      checkpoint.close();
      throw failure;
    }
  }

  private static ServedModel open(Checkpoint checkpoint, EngineOptions options) {
    Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary());
    try {
      return new ServedModel(checkpoint, tokenizer, options);
    } catch (RuntimeException | Error failure) {
      tokenizer.close();
      throw failure;
    }
  }

  /**
   * @throws InvalidInputException if the policy is a preset that was calibrated on another model
   */
  void check(CompletionSettings settings) {
    settings
        .policy()
        .presetModel()
        .ifPresent(
            model ->
                model.check(
                    settings.policy().name(), checkpoint.config().name(), checkpoint.sha256()));
  }

  /** What a user says to the model; plain text, where the model has no chat template. */
  Prompt promptOf(String text) {
    return checkpoint.chatTemplate().isPresent()
        ? new Prompt.Chat(List.of(new Prompt.Message("user", text)))
        : new Prompt.RawText(text);
  }

  /**
   * Completes rows together, in the engine's batches, and waits for all of them. A row that cannot
   * be completed has a result that says why, as in {@link InferenceEngine#generate}.
   *
   * @return a result for each row, in the rows' order, whose id is the row's number
   */
  List<GenerationResult> complete(List<PromptRequest> rows) {
    GenerationResult[] results = new GenerationResult[rows.size()];
    Iterator<GenerationRequest> requests =
        IntStream.range(0, results.length)
            .mapToObj(number -> request(number, rows.get(number), results))
            .flatMap(Optional::stream)
            .iterator();
    try (ResultStream stream = engine.generate(requests)) {
      stream.forEachRemaining(result -> results[Integer.parseInt(result.id())] = result);
    }
    return Arrays.asList(results);
  }

  private Optional<GenerationRequest> request(
      int number, PromptRequest row, GenerationResult[] results) {
    String id = Integer.toString(number);
    CompletionSettings settings = row.settings();
    try {
      EncodedPrompt prompt = encode(row);
      return Optional.of(
          new GenerationRequest(
              id,
              prompt.tokens(),
              prompt.document(),
              settings.policy().policy(),
              settings.sampling(),
              settings.maxNewTokens(),
              settings.stop(),
              settings.ignoreEos()));
    } catch (InvalidInputException problem) {
      results[number] = GenerationResult.failed(id, 0, problem.getMessage());
      return Optional.empty();
    }
  }

  private EncodedPrompt encode(PromptRequest row) {
    CompletionSettings settings = row.settings();
    int context = checkpoint.config().contextLength();
    int room = context - settings.maxNewTokens();
    if (room < 1) {
      throw InvalidInputException.of(
          "%d new tokens leave no room for a prompt in the model's context of %d; allow fewer by"
              + " max_new_tokens.",
          settings.maxNewTokens(), context);
    }
    lock.readLock().lock();
    try {
      if (closed) {
        throw new InvalidInputException(
            "The model was closed before this row was begun; load it again.");
      }
      return encoder.encode(
          row.prompt(), Math.min(room, settings.maxPromptTokens()), settings.truncation());
    } finally {
      lock.readLock().unlock();
    }
  }

  EngineMetrics metrics() {
    return engine.metrics();
  }

  /** Rows that are not finished become error results. */
  @Override
  public void close() {
    if (endIntake()) {
      engine.close();
      tokenizer.close();
      checkpoint.close();
    }
  }

  /** Whether this was the first to end it. */
  private boolean endIntake() {
    lock.writeLock().lock();
    try {
      boolean first = !closed;
      closed = true;
      return first;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
