package org.pyramidspark.evaluation;

import java.io.Serializable;

/**
 * What a row of one source has. Fields are null where they do not apply: rows are shuffled as they
 * are.
 *
 * @param status {@link RowStatus#SCORED} as far as it is known, or why it cannot be scored
 * @param problem in one sentence, where it cannot
 * @param text the completion
 * @param reference that the row brings
 * @param task that the row names
 */
record SourceRow(RowStatus status, String problem, String text, String reference, String task)
    implements Serializable {

  static SourceRow failed(RowStatus status, String problem, String reference, String task) {
    return new SourceRow(status, problem, null, reference, task);
  }

  static SourceRow completion(String text, String reference, String task) {
    return new SourceRow(RowStatus.SCORED, null, text, reference, task);
  }

  static SourceRow reference(String reference, String task) {
    return new SourceRow(RowStatus.SCORED, null, null, reference, task);
  }
}
