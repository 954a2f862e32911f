package org.pyramidspark.executor;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.tokens.Truncation;

/**
 * How every row is completed.
 *
 * @param policy what the KV cache keeps
 * @param sampling how tokens are chosen; its seed is the run's
 * @param maxNewTokens the most tokens a row generates, unless it has its own limit
 * @param stop strings at which a completion ends
 * @param ignoreEos whether to go on after an end token
 * @param guard what compression may cost at most
 * @param prompts how long prompts may be
 * @param timeoutNanos the longest that a row may take from its first step on
 * @param fallback what the KV cache keeps of a row that does not fit into memory even alone; null
 *     if it is to be an error row
 */
public record RowSettings(
    CachePolicy policy,
    SamplingOptions sampling,
    int maxNewTokens,
    List<String> stop,
    boolean ignoreEos,
    GuardSettings guard,
    PromptLimit prompts,
    long timeoutNanos,
    NamedPolicy fallback)
    implements Serializable {
  private static final long SEED_MASK = (1L << 53) - 1;

  /**
   * @param maxTokens the most tokens of a prompt; the model's context, less the new tokens, limits
   *     it too
   * @param truncation what to do with a longer one
   */
  public record PromptLimit(int maxTokens, Truncation truncation) implements Serializable {}

  public RowSettings {
    stop = List.copyOf(stop);
  }

  /** Without a limit of time or a policy to fall back to. */
  public RowSettings(
      CachePolicy policy,
      SamplingOptions sampling,
      int maxNewTokens,
      List<String> stop,
      boolean ignoreEos,
      GuardSettings guard,
      PromptLimit prompts) {
    this(
        policy,
        sampling,
        maxNewTokens,
        stop,
        ignoreEos,
        guard,
        prompts,
        GenerationRequest.NO_TIMEOUT,
        null);
  }

  /** The same under a guard. */
  public RowSettings withGuard(GuardSettings watching) {
    return new RowSettings(
        policy, sampling, maxNewTokens, stop, ignoreEos, watching, prompts, timeoutNanos, fallback);
  }

  /** The same with a limit of time for each row. */
  public RowSettings withTimeout(long nanos) {
    return new RowSettings(
        policy, sampling, maxNewTokens, stop, ignoreEos, guard, prompts, nanos, fallback);
  }

  /**
   * The same with a policy to fall back to, or with none: null.
   *
   * @throws InvalidInputException if it is the policy that rows begin with
   */
  public RowSettings withFallback(NamedPolicy next) {
    if (next != null && next.policy().equals(policy)) {
      throw InvalidInputException.of(
          "The fallback policy is %s, as rows begin with; give one that keeps less, or leave it out.",
          next.name());
    }
    return new RowSettings(
        policy, sampling, maxNewTokens, stop, ignoreEos, guard, prompts, timeoutNanos, next);
  }

  /** The row's own sampling: its seed depends on the run's and the row's id alone. */
  SamplingOptions sampling(String id) {
    return new SamplingOptions(sampling.temperature(), sampling.topK(), sampling.topP(), seed(id));
  }

  /** A number that depends on the run's seed and the row's id alone: uniform, 0 to 1. */
  double hash(String id) {
    return (double) seed(id) / (SEED_MASK + 1);
  }

  /** A row's place in the order in which reports show rows: those that were tried come first. */
  double rank(String id, boolean tried) {
    return tried ? hash(id) - 1 : hash(id);
  }

  long seed(String id) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, sampling.seed()));
      digest.update(id.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest.digest()).getLong() & SEED_MASK;
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
