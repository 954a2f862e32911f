package org.pyramidspark.evaluation;

/**
 * A row of the output before it is scored.
 *
 * @param id of the row
 * @param task that it belongs to
 * @param namesTask whether the row names its task itself
 * @param status whether it can be scored
 * @param problem why it cannot, in one sentence; null if it can
 * @param text the completion, if it can
 * @param against the completion of the run compared with, if there is one
 * @param reference what both are compared with
 */
record JoinedRow(
    String id,
    String task,
    boolean namesTask,
    RowStatus status,
    String problem,
    String text,
    String against,
    String reference) {}
