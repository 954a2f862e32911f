package org.pyramidspark.metrics;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows a run's progress: one line that is refreshed on a terminal, a plain line every ten seconds
 * elsewhere. Prints from a thread of its own until it is closed.
 */
public final class ProgressLine implements AutoCloseable {
  private static final Duration ON_TERMINAL = Duration.ofMillis(250);
  private static final Duration ELSEWHERE = Duration.ofSeconds(10);
  private static final String ERASE = "\r\033[K";

  private final Supplier<Progress> progress;
  private final PrintStream out;
  private final boolean terminal;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("progress-line").factory());
  private boolean ended;

  private ProgressLine(Supplier<Progress> progress, PrintStream out, boolean terminal) {
    this.progress = progress;
    this.out = out;
    this.terminal = terminal;
  }

  /** Starts to show progress on {@code out}. */
  public static ProgressLine start(Supplier<Progress> progress, PrintStream out, boolean terminal) {
    ProgressLine line = new ProgressLine(progress, out, terminal);
    long period = (terminal ? ON_TERMINAL : ELSEWHERE).toMillis();
    line.timer.scheduleAtFixedRate(line::show, period, period, TimeUnit.MILLISECONDS);
    return line;
  }

  /** The end is shown once, by the timer or on closing, whoever sees it first. */
  private synchronized void show() {
    if (ended) {
      return;
    }
    Progress now = progress.get();
    ended = now.hasEnded();
    if (terminal) {
      out.print(ERASE + now.line());
      out.flush();
    } else {
      out.println(now.line());
    }
  }

  /** Ends the line, with the last state of the progress. */
  @Override
  public void close() {
    timer.shutdownNow();
    show();
    if (terminal) {
      out.println();
    }
  }
}
