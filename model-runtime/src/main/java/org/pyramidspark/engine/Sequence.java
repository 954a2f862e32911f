package org.pyramidspark.engine;

import java.util.Arrays;
import java.util.Optional;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.graph.Logits;
import org.pyramidspark.op.StepShare;
import org.pyramidspark.tokens.Tokenizer;

/**
 * One request while it runs: its cache, what it has generated, and when it is done. Owned by the
 * engine's thread.
 */
final class Sequence {
  private final Submission submission;
  private final Tokenizer tokenizer;
  private final KvCache kvCache;
  private final SequenceCache cache;
  private final PrefillPlan prefillPlan;
  private final GenerationPlan generationPlan;
  private final Sampler sampler;
  private final GeneratedText text;
  private final int maxNewTokens;
  private int[] tokens = new int[16];
  private int numTokens;
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
    this.tokenizer = tokenizer;
    this.kvCache = kvCache;
    this.cache = kvCache.newSequence();
    this.maxNewTokens = Math.min(request.maxNewTokens(), model.contextLength() - promptTokens);
    this.prefillPlan = request.policy().prefill(promptTokens, model.numLayers());
    this.generationPlan =
        request.policy().generation(promptTokens, model.numLayers(), maxNewTokens);
    this.sampler = new Sampler(request.sampling());
    this.text = new GeneratedText(tokenizer, request.stop());
  }

  /** Tokens that the next step computes: the whole prompt, or one generated token. */
  int[] nextTokens() {
    return inPrefill() ? submission.request().promptTokens() : new int[] {tokens[cachedTokens]};
  }

  /** This sequence's share of the next step. */
  StepShare nextShare() {
    if (inPrefill()) {
      return new StepShare.Prefill(cache, prefillPlan);
    }
    int position = prefillPlan.promptTokens() + cachedTokens;
    return new StepShare.Decode(cache, position, cachedTokens + 1, generationPlan);
  }

  /** Bytes of the pages that the next step takes at most. */
  long bytesOfNextStep() {
    return inPrefill() ? kvCache.bytes(prefillPlan.mostPages()) : cache.bytesOfNextEntry();
  }

  /** Bytes of one page for each layer and KV head. */
  long bytesOfPages() {
    return kvCache.bytes(prefillPlan.layers().size());
  }

  /** The most bytes that this sequence ever takes. */
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

  /** Notes when the first step of this sequence begins. */
  void begin(long nowNanos) {
    if (!started) {
      started = true;
      startNanos = nowNanos;
    }
  }

  /** Takes the logits of the last row that was computed and chooses the next token. */
  void advance(Logits logits, int row, long nowNanos) {
    peakKvBytes = Math.max(peakKvBytes, cache.bytes());
    if (inPrefill()) {
      prefilled = true;
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

  /** Returns the cache's pages and hands the result over. */
  void finish() {
    int kept = finishReason == FinishReason.EOS ? numTokens - 1 : numTokens;
    int promptTokens = prefillPlan.promptTokens();
    cache.close();
    submission
        .sink()
        .accept(
            new GenerationResult(
                submission.request().id(),
                Arrays.copyOf(tokens, kept),
                text.toString(),
                finishReason,
                Optional.empty(),
                promptTokens,
                numTokens,
                prefillPlan.keptFraction(),
                peakKvBytes,
                kvCache.fullBytes(promptTokens + numTokens - 1),
                startNanos - submission.submittedNanos(),
                firstTokenNanos - startNanos,
                lastTokenNanos - firstTokenNanos));
  }

  /** Returns the cache's pages and hands an error over. */
  void fail(String error) {
    cache.close();
    submission.sink().accept(Failures.result(submission.request(), error));
  }

  /** Returns the cache's pages; nobody waits for a result. */
  void abandon() {
    cache.close();
  }
}
