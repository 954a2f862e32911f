package org.pyramidspark.commit;

import java.io.IOException;
import java.util.Optional;

/** What a run is to do, made once, and kept in its books. */
public sealed interface PlannedRun permits RunPlan, TablePlan {

  /** Its splits, numbered from 0. */
  int numSplits();

  /** Rows of the run. */
  long numPrompts();

  /** How much its prompts read, in the unit in which its tasks count that. */
  long workBytes();

  /** What a split is estimated to cost, in a unit of the plan's own. */
  long cost(int split);

  /** Writes it to the books. */
  void write(RunFolder folder) throws IOException;

  /**
   * How a run that is gone on with finds its plan and what has changed since.
   *
   * @param <P> its plan
   */
  interface Again<P extends PlannedRun> {

    /**
     * @param splits that it must have
     * @throws org.pyramidspark.errors.InvalidInputException if it is damaged
     */
    P read(RunFolder folder, int splits) throws IOException;

    /** The first difference of the input, as a clause; nothing if it is as it was. */
    Optional<String> change(P plan) throws IOException;
  }
}
