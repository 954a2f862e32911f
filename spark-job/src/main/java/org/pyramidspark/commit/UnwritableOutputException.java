package org.pyramidspark.commit;

import java.io.IOException;

/** A file of the output could not be written. The message says where, why, and how to go on. */
public final class UnwritableOutputException extends IOException {
  private static final long serialVersionUID = 1L;

  UnwritableOutputException(String message, Throwable cause) {
    super(message, cause);
  }
}
