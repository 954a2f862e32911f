package org.pyramidspark.engine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.cache.SharedPrefix;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.graph.Logits;
import org.pyramidspark.op.SelectionListener;
import org.pyramidspark.op.StepShare;
import org.pyramidspark.tokens.Tokenizer;

/**
 * One request while it runs: its cache, what it has generated, and when it is done. Owned by the
 * engine's thread.
 */
final class Sequence {
  private final Submission submission;
  private final int[] prompt;
  private final Tokenizer tokenizer;
  private final KvCache kvCache;
  private final SequenceCache cache;
  private final PrefillPlan prefillPlan;
  private final GenerationPlan generationPlan;
  private final boolean keepsAll;
  private final Sampler sampler;
  private final GeneratedText text;
  private final int maxNewTokens;
  private Optional<SequenceTrial> trial = Optional.empty();
  private Optional<SharedPrefix> prefix = Optional.empty();
  private Optional<double[]> tokenLayers = Optional.empty();
  private int[] tokens = new int[16];
  private int numTokens;
  private boolean trialStarted;
  private boolean prefilled;
  private int cachedTokens;
  private FinishReason finishReason;
  private long peakKvBytes;
  private boolean started;
  private long startNanos;
  private long firstTokenNanos;
  private long lastTokenNanos;

  Sequence(Submission submission, ModelConfig model, Tokenizer tokenizer, KvCache kvCache) {
    GenerationRequest request = submission.request();
    int promptTokens = request.promptTokens().length;
    this.submission = submission;
    this.prompt = request.promptTokens();
    this.tokenizer = tokenizer;
    this.kvCache = kvCache;
    this.cache = kvCache.newSequence();
    this.maxNewTokens = Math.min(request.maxNewTokens(), model.contextLength() - promptTokens);
    PromptShape shape = request.shape();
    this.prefillPlan = request.policy().prefill(shape, model.numLayers());
    this.generationPlan = request.policy().generation(shape, model.numLayers(), maxNewTokens);
    this.keepsAll = prefillPlan.keepsAll() && generationPlan.keepsAll();
    this.sampler = new Sampler(request.sampling());
    this.text = new GeneratedText(tokenizer, request.stop());
  }

  /** Has its policy tried beside the full cache while it runs. */
  void followedBy(SequenceTrial follower) {
    trial = Optional.of(follower);
  }

  /**
   * Chooses, before the prompt is computed, with which of these to share the beginning of it: one
   * with the most tokens in common. Comparing ends at the first token that differs, so this may be
   * done in every step.
   *
   * @param others are computed already, or before this one in the same step
   */
  void sharePrefix(Stream<Sequence> others) {
    prefix =
        keepsAll
            ? others
                .filter(other -> other.keepsAll)
                .map(this::prefixOf)
                .filter(common -> common.tokens() > 0)
                .reduce(BinaryOperator.maxBy(Comparator.comparingInt(SharedPrefix::tokens)))
            : Optional.empty();
  }

  private SharedPrefix prefixOf(Sequence other) {
    int mismatch = Arrays.mismatch(prompt, other.prompt);
    // The last row is this sequence's own in any case: its logits give the first token.
    int most = mismatch < 0 ? prompt.length - 1 : Math.min(mismatch, prompt.length - 1);
    return new SharedPrefix(other.cache, most - most % StepShare.Prefill.TASK_ROWS);
  }

  /** Tokens of the prompt that are not computed, since another sequence's cache has them. */
  int sharedTokens() {
    return prefix.map(SharedPrefix::tokens).orElse(0);
  }

  /** Bytes of the pages that hold these. */
  long sharedBytes() {
    return kvCache.fullBytes(sharedTokens());
  }

  /** Tokens of the prompt that are computed. */
  int computedPromptTokens() {
    return prompt.length - sharedTokens();
  }

  /** How many {@link #nextTokens} there are. */
  int numNextTokens() {
    return inPrefill() ? computedPromptTokens() : 1;
  }

  /** Tokens that the next step computes: the prompt after what it shares, or a generated one. */
  int[] nextTokens() {
    return inPrefill()
        ? Arrays.copyOfRange(prompt, sharedTokens(), prompt.length)
        : new int[] {tokens[cachedTokens]};
  }

  /** This sequence's share of the next step. */
  StepShare nextShare() {
    if (inPrefill()) {
      return new StepShare.Prefill(cache, prefillPlan, SelectionListener.NONE, prefix);
    }
    int position = prefillPlan.promptTokens() + cachedTokens;
    return new StepShare.Decode(cache, position, cachedTokens + 1, generationPlan);
  }

  /** Bytes of the pages that the next step takes at most. */
  long bytesOfNextStep() {
    return inPrefill()
        ? kvCache.bytes(prefillPlan.mostPages()) - sharedBytes()
        : cache.bytesOfNextEntry();
  }

  /** Bytes of one page for each layer and KV head. */
  long bytesOfPages() {
    return kvCache.bytes(prefillPlan.layers().size());
  }

  /** The most bytes that this sequence ever takes, alone. */
  long mostBytes() {
    return kvCache.mostBytes(prefillPlan, generationPlan, maxNewTokens - 1);
  }

  boolean inPrefill() {
    return !prefilled;
  }

  /**
   * Gives the cache's memory up. The next steps compute the prompt and the tokens chosen so far
   * once more, one by one, as they were computed at first, so that the policy drops the same
   * entries.
   */
  void setBack() {
    cache.close();
    prefilled = false;
    cachedTokens = 0;
  }

  int generatedTokens() {
    return numTokens;
  }

  boolean isFinished() {
    return finishReason != null;
  }

  boolean isAbandoned() {
    return submission.abandoned().getAsBoolean();
  }

  /** Whether it has run for longer than it may. */
  boolean isOverdue(long nowNanos) {
    return started && nowNanos - startNanos > submission.request().timeoutNanos();
  }

  /** Hands an error over: it was too slow. */
  void failOverdue() {
    fail(
        "The row ran for longer than its limit of %s, in which it generated %d of up to %d tokens; allow more time or fewer tokens."
            .formatted(
                Duration.ofNanos(submission.request().timeoutNanos()), numTokens, maxNewTokens));
  }

  /** Notes when the first step of this sequence begins. */
  void begin(long nowNanos) {
    if (!started) {
      started = true;
      startNanos = nowNanos;
    }
  }

  /**
   * Lets the trial have the prompt, which was computed but for {@link #advance}; not again after
   * the sequence was set back.
   *
   * @param rowBytes bytes of KV cache that rows are still to take in this step
   */
  void startTrial(MemorySegment logits, long rowBytes) {
    if (numTokens == 0 && !trialStarted) {
      trialStarted = true;
      trial.ifPresent(follower -> follower.begin(cache, logits, rowBytes));
    }
  }

  /** Takes the logits of the last row that was computed and chooses the next token. */
  void advance(Logits logits, int row, long nowNanos) {
    peakKvBytes = Math.max(peakKvBytes, cache.bytes());
    if (inPrefill()) {
      prefilled = true;
      if (submission.request().traced()) {
        tokenLayers = Optional.of(KeptPrompt.countLayers(cache, prefillPlan));
      }
      if (numTokens == 0) {
        submission.counter().addPrompt(prefillPlan.promptTokens());
      }
    } else {
      cachedTokens++;
    }
    if (cachedTokens < numTokens) {
      return; // set back before: the next token is known
    }
    accept(sampler.next(logits.row(row)));
    if (numTokens == 1) {
      firstTokenNanos = nowNanos;
    }
    lastTokenNanos = nowNanos;
  }

  private void accept(int token) {
    if (numTokens == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * numTokens);
    }
    tokens[numTokens++] = token;
    submission.counter().addNewToken();
    if (tokenizer.endTokens().contains(token) && !submission.request().ignoreEos()) {
      finishReason = FinishReason.EOS;
    } else if (text.add(token)) {
      finishReason = FinishReason.STOP;
    } else if (numTokens == maxNewTokens) {
      finishReason = FinishReason.LENGTH;
    }
  }

  /** Returns the cache's pages and hands the result over, once the trial is over as well. */
  void finish() {
    GenerationResult result = result();
    cache.close();
    trial.ifPresentOrElse(
        follower -> follower.whenOver(() -> submission.sink().accept(result)),
        () -> submission.sink().accept(result));
  }

  private GenerationResult result() {
    int kept = finishReason == FinishReason.EOS ? numTokens - 1 : numTokens;
    int promptTokens = prefillPlan.promptTokens();
    return new GenerationResult(
        submission.request().id(),
        Arrays.copyOf(tokens, kept),
        text.toString(),
        finishReason,
        Optional.empty(),
        promptTokens,
        sharedTokens(),
        numTokens,
        prefillPlan.keptFraction(),
        KeptPrompt.of(prefillPlan, tokenLayers),
        peakKvBytes,
        kvCache.fullBytes(promptTokens + numTokens - 1),
        startNanos - submission.submittedNanos(),
        firstTokenNanos - startNanos,
        lastTokenNanos - firstTokenNanos);
  }

  /** Returns the cache's pages and hands an error over. */
  void fail(String error) {
    cache.close();
    trial.ifPresent(follower -> follower.fail(error));
    submission.sink().accept(Failures.result(submission.request(), error));
  }

  /** Returns the cache's pages; nobody waits for a result. */
  void abandon() {
    cache.close();
    trial.ifPresent(SequenceTrial::drop);
  }
}
