package org.pyramidspark.executor;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.engine.InferenceEngine;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.metrics.EngineLoad;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.EngineSetup;
import org.pyramidspark.metrics.Machine;
import org.pyramidspark.models.ModelFinder;
import org.pyramidspark.tokens.PromptEncoder;
import org.pyramidspark.tokens.Tokenizer;
import org.tensorflow.TensorFlow;

/**
 * A model in memory with all that it takes to complete prompts. Thread-safe; closed by {@link
 * ExecutorEngine} alone.
 */
final class LoadedModel implements AutoCloseable {
  private final ModelReference reference;
  private final Tokenizer tokenizer;
  private final PromptEncoder encoder;
  private final InferenceEngine engine;
  private final int contextLength;
  private final String name;
  private final EngineSetup setup;
  private final Map<Long, QualityGuard> guards = new ConcurrentHashMap<>();
  private final Set<String> timedPolicies = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private LoadedModel(
      Checkpoint checkpoint, Tokenizer tokenizer, EngineOptions options, String name) {
    long start = System.nanoTime();
    // Reading the file for its hash and reading the weights take about as long: both at once.
    CompletableFuture<String> sha256 = CompletableFuture.supplyAsync(checkpoint::sha256);
    this.name = name;
    this.tokenizer = tokenizer;
    this.encoder = PromptEncoder.of(checkpoint, tokenizer);
    this.engine = InferenceEngine.open(checkpoint, tokenizer, options);
    this.contextLength = checkpoint.config().contextLength();
    this.setup =
        new EngineSetup(
            Machine.here(),
            options.threads(),
            options.computeType().label() + " / " + options.kvType().label(),
            engine.kvBudget(),
            engine.isDeterministic(),
            engine.kernels(),
            TensorFlow.version(),
            System.nanoTime() - start);
    this.reference = new ModelReference(checkpoint.path().toString(), sha256.join());
  }

  /**
   * @param name names the engine among all of the run
   * @throws InvalidInputException if this host's file is missing, damaged or another than the
   *     driver's
   */
  static LoadedModel load(ModelReference reference, EngineOptions options, String name) {
    Path file = ModelFinder.onExecutor(reference.location(), reference.sha256());
    LoadedModel model = loadHere(file, options, name);
    if (!model.reference().sha256().equals(reference.sha256())) {
      model.close();
      throw otherFile(file, model.reference().sha256(), reference.sha256());
    }
    return model;
  }

  /**
   * Loads whatever the file holds.
   *
   * @throws InvalidInputException if the file is missing or damaged
   */
  static LoadedModel load(String path, EngineOptions options, String name) {
    DeviceChoice.check(options.matMulDevice());
    try (Checkpoint checkpoint = Checkpoint.open(Path.of(path))) {
      return load(checkpoint, options, name);
    }
  }

  private static LoadedModel loadHere(Path file, EngineOptions options, String name) {
    try {
      return load(file.toString(), options, name);
    } catch (InvalidInputException refused) {
      throw new InvalidInputException(
          "Model %s cannot be loaded on host %s, and could be read where the job was started; copy the"
                  .formatted(file, Machine.here().host())
              + " same file to every host (%s)".formatted(refused.getMessage()),
          refused);
    }
  }

  private static InvalidInputException otherFile(Path file, String sha256, String wanted) {
    return InvalidInputException.of(
        "Model %s on host %s has SHA-256 %s, but %s where the job was started; copy the same file"
            + " to every host.",
        file, Machine.here().host(), sha256, wanted);
  }

  private static LoadedModel load(Checkpoint checkpoint, EngineOptions options, String name) {
    Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary());
    try {
      return new LoadedModel(checkpoint, tokenizer, options, name);
    } catch (RuntimeException | Error failure) {
      tokenizer.close();
      throw failure;
    }
  }

  ModelReference reference() {
    return reference;
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  PromptEncoder encoder() {
    return encoder;
  }

  InferenceEngine engine() {
    return engine;
  }

  int contextLength() {
    return contextLength;
  }

  /** Whether this policy was not timed here before: its code is to be warmed up first. */
  boolean isNew(CachePolicy policy) {
    return timedPolicies.add(policy.name());
  }

  /**
   * A closed engine fails all rows: the task must fail, not the rows.
   *
   * @throws IllegalStateException if it is closed
   */
  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("The engine was shut down while the task was running.");
    }
  }

  /**
   * The guard of a job's rows on this engine, shared by its tasks.
   *
   * @param job names the job among all of this JVM
   */
  QualityGuard guard(long job, RowSettings rows) {
    return guards.computeIfAbsent(job, key -> new QualityGuard(rows.guard(), rows.policy()));
  }

  /** Names the engine among all of the run. */
  String name() {
    return name;
  }

  EngineReading.Counters counters() {
    return EngineReading.Counters.of(engine.metrics());
  }

  /** What its KV cache holds now. */
  EngineLoad load() {
    return new EngineLoad(
        engine.metrics().kvBytes(), engine.kvBudget(), System.currentTimeMillis());
  }

  EngineReading readingSince(EngineReading.Counters start) {
    return new EngineReading(name, setup, start, counters());
  }

  @Override
  public void close() {
    closed = true;
    engine.close();
    tokenizer.close();
  }
}
