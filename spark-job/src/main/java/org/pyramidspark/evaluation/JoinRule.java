package org.pyramidspark.evaluation;

import java.io.Serializable;

/**
 * What belongs to a row.
 *
 * @param separateReferences whether references come from a source of their own, which those that
 *     completions bring give way to
 * @param paired whether two runs are compared
 */
record JoinRule(boolean separateReferences, boolean paired) implements Serializable {}
