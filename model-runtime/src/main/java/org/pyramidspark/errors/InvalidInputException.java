package org.pyramidspark.errors;

/**
 * Input that a user can mend: a file, an option, a value. The message is one sentence that says
 * what is wrong, where, which value was found, what is allowed and how to mend it. Commands print
 * it without a stack trace and exit with a code other than 0.
 */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }

  /** As {@link String#format}. */
  public static InvalidInputException of(String format, Object... arguments) {
    return new InvalidInputException(String.format(format, arguments));
  }
}
