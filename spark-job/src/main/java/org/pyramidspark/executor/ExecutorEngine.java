package org.pyramidspark.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.errors.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one engine of this JVM, shared by all tasks of the executor: the model is loaded once, by the
 * first that asks for it, and tasks fill the engine's batches together. A task that needs another
 * model or other options waits until no task uses the engine, then replaces it. Lives until the JVM
 * ends. Thread-safe.
 *
 * <p>The only static state of the project: Spark gives tasks of one JVM no other place to meet.
 */
final class ExecutorEngine {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorEngine.class);
  private static final ExecutorEngine INSTANCE = new ExecutorEngine();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private Key key;
  private LoadedModel model;
  private final List<Thread> holders = new ArrayList<>();
  private boolean leasedAlone;
  private int numLoaded;

  private record Key(ModelReference model, EngineOptions options) {}

  /** A task's use of the engine; closed by the task, at its end. */
  interface Lease extends AutoCloseable {
    LoadedModel model();

    @Override
    void close();
  }

  private ExecutorEngine() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "executor-engine-shutdown"));
  }

  /**
   * Loads a model that the first task will ask for, if there is none yet; tasks wait meanwhile.
   *
   * @param path of the model's file, as tasks will give it
   * @param executorId of this JVM
   * @throws InvalidInputException if the model cannot be loaded
   */
  static void preload(String path, EngineOptions options, String executorId)
      throws InterruptedException {
    INSTANCE.loadFirst(path, options, executorId);
  }

  /**
   * Waits for the engine, and loads the model if need be.
   *
   * @param executorId of this JVM
   * @throws InvalidInputException if the model cannot be loaded, or this thread has another leased,
   *     for which it would wait for ever
   */
  static Lease lease(ModelReference model, EngineOptions options, String executorId)
      throws InterruptedException {
    return INSTANCE.acquire(new Key(model, options), executorId, false);
  }

  /** As {@link #lease}, and no other task has the engine meanwhile: for tasks that measure time. */
  static Lease leaseAlone(ModelReference model, EngineOptions options, String executorId)
      throws InterruptedException {
    return INSTANCE.acquire(new Key(model, options), executorId, true);
  }

  private void loadFirst(String path, EngineOptions options, String executorId)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (model == null) {
        LoadedModel loaded = LoadedModel.load(path, options, nextName(executorId));
        use(loaded, new Key(loaded.reference(), options));
      }
    } finally {
      lock.unlock();
    }
  }

  private Lease acquire(Key wanted, String executorId, boolean alone) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      checkNotHeldForAnother(wanted);
      while (leasedAlone || !holders.isEmpty() && (alone || !wanted.equals(key))) {
        idle.await();
      }
      if (!wanted.equals(key)) {
        replace(wanted, executorId);
      }
      holders.add(Thread.currentThread());
      leasedAlone = alone;
      return new TaskLease(model);
    } finally {
      lock.unlock();
    }
  }

  private void checkNotHeldForAnother(Key wanted) {
    if (holders.contains(Thread.currentThread()) && !wanted.equals(key)) {
      throw InvalidInputException.of(
          "A task would need two engines at once, of model %s and of model %s or of other engine"
              + " options, and an executor has one; write the first completions to a table, or put a"
              + " repartition between both.",
          key.model().location(), wanted.model().location());
    }
  }

  private void replace(Key wanted, String executorId) {
    unload();
    use(LoadedModel.load(wanted.model(), wanted.options(), nextName(executorId)), wanted);
  }

  private String nextName(String executorId) {
    return "%s/%d".formatted(executorId, ++numLoaded);
  }

  private void use(LoadedModel loaded, Key wanted) {
    model = loaded;
    key = wanted;
    LOG.info("Engine {} has loaded {}", loaded.name(), wanted.model().location());
  }

  private void unload() {
    if (model != null) {
      model.close();
      model = null;
      key = null;
    }
  }

  private void release(Thread holder) {
    lock.lock();
    try {
      holders.remove(holder);
      leasedAlone = false;
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void shutDown() {
    lock.lock();
    try {
      unload();
    } finally {
      lock.unlock();
    }
  }

  private final class TaskLease implements Lease {
    private final LoadedModel model;
    private final Thread holder = Thread.currentThread();
    private boolean closed;

    TaskLease(LoadedModel model) {
      this.model = model;
    }

    @Override
    public LoadedModel model() {
      return model;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(holder);
      }
    }
  }
}
