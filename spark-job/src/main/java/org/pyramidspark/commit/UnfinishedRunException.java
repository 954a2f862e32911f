package org.pyramidspark.commit;

/** A run ended before its end, and what it has finished is kept. The message says how to go on. */
public final class UnfinishedRunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnfinishedRunException(String message, Throwable cause) {
    super(message, cause);
  }
}
