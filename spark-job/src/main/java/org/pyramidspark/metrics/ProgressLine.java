package org.pyramidspark.metrics;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows a run's progress: a bar and a line, redrawn in place, on a terminal; a plain line every ten
 * seconds elsewhere. Prints from a thread of its own until it is closed.
 */
public final class ProgressLine implements AutoCloseable {
  private static final Duration ON_TERMINAL = Duration.ofMillis(250);
  private static final Duration ELSEWHERE = Duration.ofSeconds(10);
  private static final String ERASE = "\r\033[K";

  /** Whether a terminal goes on in the next line: one that it has begun cannot be redrawn. */
  private static final String CUT = "\033[?7l";

  private static final String WRAP = "\033[?7h";

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
      out.print(ERASE + CUT + now.bar() + " " + now.line() + WRAP);
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
