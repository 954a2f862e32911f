package org.pyramidspark.job;

import java.util.Optional;
import java.util.stream.Stream;
import org.pyramidspark.commit.UnfinishedRunException;
import org.pyramidspark.commit.UnwritableOutputException;
import org.pyramidspark.errors.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** How commands end: messages and exit codes. */
public final class JobCommands {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int ERROR_ROWS = 3;
  static final int NOT_FOUND = 4;

  private static final Logger LOG = LoggerFactory.getLogger(JobCommands.class);

  private JobCommands() {}

  /** A command line whose errors are one sentence, and whose exit codes are those above. */
  public static CommandLine commandLine(Object command) {
    return new CommandLine(command)
        .setParameterExceptionHandler(JobCommands::refuse)
        .setExecutionExceptionHandler(JobCommands::report);
  }

  /** Wrong usage. */
  public static int refuse(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    command.getErr().println(wrong.getMessage());
    command.getErr().printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
    return BAD_INPUT;
  }

  /** A command that failed. */
  public static int report(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    Optional<InvalidInputException> mendable = cause(failure, InvalidInputException.class);
    Optional<UnfinishedRunException> unfinished = cause(failure, UnfinishedRunException.class);
    if (mendable.isPresent()) {
      command.getErr().println(mendable.get().getMessage());
    } else {
      LOG.error("The run failed", failure);
      command
          .getErr()
          .printf(
              "The run failed%s: %s%n",
              unfinished.isPresent() ? "" : ", and nothing is written", reason(failure));
    }
    unfinished.ifPresent(state -> command.getErr().println(state.getMessage()));
    return mendable.isPresent() ? BAD_INPUT : FAILED;
  }

  private static String reason(Throwable failure) {
    return cause(failure, UnwritableOutputException.class)
        .map(Throwable::getMessage)
        .orElseGet(() -> causes(failure).reduce(failure, (outer, inner) -> inner).toString());
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }

  /** The mistake behind a failure, also where Spark has brought it from an executor. */
  static Optional<InvalidInputException> invalidInput(Throwable failure) {
    return cause(failure, InvalidInputException.class);
  }

  private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
    return causes(failure).filter(type::isInstance).map(type::cast).findFirst();
  }
}
