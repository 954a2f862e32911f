package org.pyramidspark.executor;

import java.util.Iterator;
import java.util.function.Function;
import org.pyramidspark.prompts.PromptRow;

/**
 * The rows of a task's partition, read as they are asked for, and how each makes a prompt. Used by
 * one thread, but for {@link #read}.
 *
 * @param <R> a row; a new object for each
 */
public interface TaskRows<R> extends Iterator<R> {

  /** The prompt of the row that was handed out last, valid or not. */
  PromptRow prompt(R row);

  /** How much of the partition was read, in the units of its plan; for any thread. */
  long read();

  /**
   * Rows whose plan counts them.
   *
   * @param prompts the prompt of a row
   */
  static <R> TaskRows<R> counted(Iterator<R> rows, Function<R, PromptRow> prompts) {
    return new TaskRows<>() {
      private volatile long numRead;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public R next() {
        R row = rows.next();
        numRead = numRead + 1;
        return row;
      }

      @Override
      public PromptRow prompt(R row) {
        return prompts.apply(row);
      }

      @Override
      public long read() {
        return numRead;
      }
    };
  }
}
