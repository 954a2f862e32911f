package org.pyramidspark.op;

/**
 * One piece of work of a layer's attention.
 *
 * @param cost query rows times entries, to start the longest first
 * @param body what to do
 */
record KernelTask(long cost, WorkerPool.Task body) implements WorkerPool.Task {

  @Override
  public void run(KernelScratch scratch) {
    body.run(scratch);
  }
}
