package org.pyramidspark.metrics;

import java.time.Duration;
import java.util.List;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.guard.Estimate;
import org.pyramidspark.guard.GuardReading;
import org.pyramidspark.prompts.RowCost;

/**
 * Tells how far a run is by the tokens that it has computed and an estimate of those to come. Work
 * is counted in prompt tokens.
 *
 * <p>Prompt tokens to come follow from the bytes of text that are still to be read, by the tokens
 * that those read so far gave. New tokens to come follow from how often a completion has ended by
 * itself, per token sampled: the estimate for lives that are cut off, so neither the short rows
 * that finish first nor the rows still running bias it.
 *
 * @param totalRows rows of the run
 * @param totalBytes bytes of text of these rows
 * @param before what earlier sessions of the run did
 */
public record WorkForecast(long totalRows, long totalBytes, RunTotals before) {
  /** An estimate does not know when all is done. */
  private static final double MOST_UNDER_WAY = 0.99;

  /** Of a run that was not stopped before. */
  public WorkForecast(long totalRows, long totalBytes) {
    this(totalRows, totalBytes, new RunTotals());
  }

  /**
   * How far the run is while its tasks run.
   *
   * @param session this session's totals: of tasks that have ended and of those that run
   * @param elapsed time since the session started
   * @param computing of that, time since the first token was computed
   */
  public Progress underWay(RunTotals session, Duration elapsed, Duration computing) {
    RunTotals totals = new RunTotals();
    totals.add(before);
    totals.add(session);
    double share = Math.min(MOST_UNDER_WAY, shareDone(totals));
    return new Progress(
        Math.min(totals.rows(), totalRows),
        totalRows,
        totals.errorRows(),
        totals.work().promptTokens(),
        totals.work().newTokens(),
        share,
        elapsed,
        computing,
        guard(totals),
        earlier(share, totals.work()));
  }

  private Progress.Earlier earlier(double share, TaskWork done) {
    TaskWork earlier = before.work();
    return earlier.isNone()
        ? Progress.Earlier.NONE
        : new Progress.Earlier(
            earlier.promptTokens() + earlier.newTokens(), share * work(earlier) / work(done));
  }

  /**
   * The end of the run, in the counts of its report.
   *
   * @param totals of all tasks, those of earlier sessions included
   * @param elapsed as for {@link #underWay}
   * @param computing as for {@link #underWay}
   */
  public Progress ended(RunTotals totals, Duration elapsed, Duration computing) {
    return new Progress(
        totals.rows(),
        totalRows,
        totals.errorRows(),
        totals.promptTokens(),
        totals.generatedTokens(),
        1,
        elapsed,
        computing,
        guard(totals),
        new Progress.Earlier(before.promptTokens() + before.generatedTokens(), 0));
  }

  private static String guard(RunTotals totals) {
    List<GuardReading.Trials> trials = totals.trials();
    if (trials.isEmpty()) {
      return "";
    }
    Estimate loss = trials.getLast().loss();
    return "guard level %d%s"
        .formatted(trials.size() - 1, loss.rows() == 0 ? "" : ", loss " + loss);
  }

  private double shareDone(RunTotals totals) {
    TaskWork work = totals.work();
    if (work.isNone()) {
      return 0;
    }
    double done = work(work);
    double left = promptTokensLeft(work) + RowCost.OF_NEW_TOKEN * newTokensLeft(totals);
    return done / (done + left);
  }

  private static double work(TaskWork work) {
    return work.promptTokens() + RowCost.OF_NEW_TOKEN * work.newTokens();
  }

  private double promptTokensLeft(TaskWork work) {
    double tokensPerByte = (double) work.requestedPromptTokens() / work.readBytes();
    double unread = Math.max(0, totalBytes - work.readBytes()) * tokensPerByte;
    return work.requestedPromptTokens() - work.promptTokens() + unread;
  }

  private double newTokensLeft(RunTotals totals) {
    TaskWork work = totals.work();
    long running = Math.max(0, work.prompts() - (totals.rows() - totals.errorRows()));
    long waiting = Math.max(0, totalRows - totals.rows() - running);
    double limit = (double) work.requestedNewTokens() / work.requests();
    double ending = (double) endedByThemselves(totals) / Math.max(1, work.newTokens());
    double soFar = (double) (work.newTokens() - totals.generatedTokens()) / Math.max(1, running);
    return waiting * expected(limit, ending) + running * expected(limit - soFar, ending);
  }

  private static long endedByThemselves(RunTotals totals) {
    return totals.finishReasons().getOrDefault(FinishReason.EOS, 0L)
        + totals.finishReasons().getOrDefault(FinishReason.STOP, 0L);
  }

  /** Mean number of tokens until the limit, if each ends its row with this probability. */
  private static double expected(double limit, double ending) {
    double most = Math.max(1, limit);
    return ending == 0 ? most : -Math.expm1(most * Math.log1p(-Math.min(ending, 0.999))) / ending;
  }
}
