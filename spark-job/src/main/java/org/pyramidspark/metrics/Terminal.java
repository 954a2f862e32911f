package org.pyramidspark.metrics;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process prints to. */
public final class Terminal {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Whether the standard error stream is shown on a terminal that can redraw a line. */
  public static boolean showsErrors() {
    return !"dumb".equals(System.getenv("TERM")) && errorsAreShown();
  }

  /**
   * The JDK knows of its standard input and output alone; where there is no /proc, these decide.
   */
  private static boolean errorsAreShown() {
    try {
      String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
      return target.matches("/dev/(pts/|tty|console).*");
    } catch (IOException elsewhere) {
      Console console = System.console();
      return console != null && console.isTerminal();
    }
  }
}
