package org.pyramidspark.op;

import java.util.List;

/**
 * One sequence's part in one layer of one step. The layer runs in phases; the tasks of a phase run
 * at once, over all sequences of the step, and what lies between phases is done by one thread.
 */
sealed interface LayerShare permits PrefillShare, DecodeShare {

  /** Rows that go on to the next layer. */
  int rowsOn();

  /** Phase 1: stores keys and values; a generated token attends at once. */
  void addAppendTasks(List<KernelTask> tasks);

  /**
   * Phase 2: the rows whose attention is needed first, those that score the context among them; of
   * a generated token, parts of its attention are put together.
   */
  void addAttentionTasks(List<KernelTask> tasks);

  /** Phase 3: after {@link #select()}, attention of the context rows that go on. */
  void addPivotalTasks(List<KernelTask> tasks);

  /** Between phases 2 and 3: chooses the pivotal context. */
  void select();

  /** At the end: drops what the policy does not keep, and tells which packed rows go on. */
  void finish(int[] rowsOn, int from);
}
