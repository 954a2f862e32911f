package org.pyramidspark.job;

import java.util.Optional;
import java.util.stream.Stream;
import org.pyramidspark.errors.InvalidInputException;
import picocli.CommandLine;

/** How commands end: messages and exit codes. */
final class JobCommands {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int ERROR_ROWS = 3;

  private JobCommands() {}

  static CommandLine commandLine(Object command) {
    return new CommandLine(command).setExecutionExceptionHandler(JobCommands::report);
  }

  private static int report(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    Optional<InvalidInputException> mendable = invalidInput(failure);
    command.getErr().println(mendable.<Exception>map(e -> e).orElse(failure).getMessage());
    return mendable.isPresent() ? BAD_INPUT : FAILED;
  }

  /** The mistake behind a failure, also where Spark has brought it from an executor. */
  static Optional<InvalidInputException> invalidInput(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .filter(InvalidInputException.class::isInstance)
        .map(InvalidInputException.class::cast)
        .findFirst();
  }
}
