package org.pyramidspark.evaluation;

import java.io.Serializable;
import org.pyramidspark.quality.ReferenceProfile;

/**
 * What is known of a task before it is scored.
 *
 * @param references what they look like
 * @param rowsThatNameIt rows that name the task themselves
 */
record TaskProfile(ReferenceProfile references, long rowsThatNameIt) implements Serializable {

  static TaskProfile of(JoinedRow row) {
    return new TaskProfile(
        row.reference() == null ? ReferenceProfile.NONE : ReferenceProfile.of(row.reference()),
        row.namesTask() ? 1 : 0);
  }

  TaskProfile plus(TaskProfile other) {
    return new TaskProfile(
        references.plus(other.references), rowsThatNameIt + other.rowsThatNameIt);
  }
}
