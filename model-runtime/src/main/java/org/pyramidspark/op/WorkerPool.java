package org.pyramidspark.op;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The cache op's threads. Tasks of one call are taken one after another by whoever is free, the
 * caller among them, so unequal tasks balance; give the longest first.
 *
 * <p>A pool of its own instead of an executor: a decode step makes two calls for each layer, a few
 * hundred microseconds of work each, so workers spin for a moment before they sleep. One caller at
 * a time.
 */
final class WorkerPool implements AutoCloseable {
  private static final int SPINS = 20_000;

  /**
   * A few microseconds: then whoever else wants the core, perhaps the one who is waited for, may
   * have it. Two engines of two threads each on two cores took 13 % less time so (medians of three,
   * Zen 3), one alone as much as before.
   */
  private static final int SPINS_TO_YIELD = 128;

  /** One piece of work; tasks of a call run at once and in any order. */
  interface Task {
    void run(KernelScratch scratch);
  }

  /** The work of a call, by task. */
  interface Tasks {
    void run(int task, KernelScratch scratch);
  }

  private record Call(int size, Tasks tasks, AtomicInteger next, AtomicInteger unfinished) {
    Call(int size, Tasks tasks) {
      this(size, tasks, new AtomicInteger(), new AtomicInteger(size));
    }
  }

  private final Thread[] workers;
  private final List<KernelScratch> scratches;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Call call = new Call(0, (task, scratch) -> {});
  private volatile int spins = SPINS;
  private volatile boolean closed;

  /**
   * @param threads threads that work at once, the caller's included
   */
  WorkerPool(int threads) {
    scratches = Stream.generate(KernelScratch::new).limit(threads).toList();
    workers = new Thread[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      KernelScratch scratch = scratches.get(i + 1);
      workers[i] =
          Thread.ofPlatform().daemon().name("cache-op-" + (i + 1)).start(() -> work(scratch));
    }
  }

  /** Threads that work at once, the caller's included. */
  int threads() {
    return workers.length + 1;
  }

  /**
   * Time that scoring took since it was last asked for, by the clock: threads work side by side.
   */
  long takeScoringNanos() {
    return scratches.stream().mapToLong(KernelScratch::takeScoringNanos).sum() / threads();
  }

  /**
   * Says whether calls follow each other closely. If not, workers sleep at once after a call: those
   * who compute in between, TensorFlow's MatMuls, want the cores.
   */
  void expectCloseCalls(boolean close) {
    spins = close ? SPINS : 0;
  }

  /** Runs all tasks and returns when they are done; throws what the first failed one threw. */
  void run(List<? extends Task> tasks) {
    run(tasks.size(), (task, scratch) -> tasks.get(task).run(scratch));
  }

  /** Runs tasks 0 to {@code size} and returns when they are done, as {@link #run(List)}. */
  void run(int size, Tasks tasks) {
    if (size <= 1 || workers.length == 0) {
      for (int task = 0; task < size; task++) {
        tasks.run(task, scratches.getFirst());
      }
      return;
    }
    Call now = new Call(size, tasks);
    call = now;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
    take(now, scratches.getFirst());
    for (int spun = 1; now.unfinished.get() > 0; spun++) {
      spin(spun);
    }
    rethrow(failure.getAndSet(null));
  }

  private void work(KernelScratch scratch) {
    Call done = call;
    while (!closed) {
      Call now = awaitOther(done);
      take(now, scratch);
      done = now;
    }
  }

  private Call awaitOther(Call done) {
    int spun = 0;
    while (call == done && !closed) {
      if (++spun < spins) {
        spin(spun);
      } else {
        LockSupport.park(this);
      }
    }
    return call;
  }

  private static void spin(int spun) {
    if (spun % SPINS_TO_YIELD == 0) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  private void take(Call now, KernelScratch scratch) {
    for (int i = now.next.getAndIncrement(); i < now.size; i = now.next.getAndIncrement()) {
      try {
        now.tasks.run(i, scratch);
      } catch (Throwable error) {
        failure.compareAndSet(null, error);
      } finally {
        now.unfinished.decrementAndGet();
      }
    }
  }

  private static void rethrow(Throwable error) {
    switch (error) {
      case null -> {}
      case RuntimeException unchecked -> throw unchecked;
      case Error fatal -> throw fatal;
      default -> throw new IllegalStateException(error);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
