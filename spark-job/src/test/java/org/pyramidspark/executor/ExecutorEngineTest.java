package org.pyramidspark.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;

/** Who has the executor's engine, and who waits for it. */
class ExecutorEngineTest {
  private static final EngineOptions OPTIONS = EngineOptions.defaults();

  @TempDir Path folder;
  private ModelReference model;

  @BeforeEach
  void writeModel() {
    Path file = TinyModel.standard().write(folder.resolve("model.gguf"));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      model = new ModelReference(file.toString(), checkpoint.sha256());
    }
  }

  private ExecutorEngine.Lease lease() throws InterruptedException {
    return ExecutorEngine.lease(model, OPTIONS, "test");
  }

  private ExecutorEngine.Lease leaseAlone() throws InterruptedException {
    return ExecutorEngine.leaseAlone(model, OPTIONS, "test");
  }

  /** Takes a lease on a thread of its own, says whether it came after something, and ends it. */
  private record Taker(FutureTask<Boolean> task, Thread thread) {
    static Taker start(Callable<ExecutorEngine.Lease> lease, AtomicBoolean before) {
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                try (ExecutorEngine.Lease mine = lease.call()) {
                  return before.get();
                }
              });
      return new Taker(task, Thread.ofPlatform().start(task));
    }

    void untilItWaits() throws InterruptedException {
      while (thread.getState() != Thread.State.WAITING && !task.isDone()) {
        Thread.sleep(1);
      }
    }
  }

  @Test
  void tasksShareTheEngine() throws Exception {
    try (ExecutorEngine.Lease one = lease();
        ExecutorEngine.Lease other = lease()) {
      assertThat(one.model()).isSameAs(other.model());
    }
  }

  @Test
  void nobodyElseHasAnEngineThatIsLeasedAlone() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    List<Taker> takers;
    try (ExecutorEngine.Lease alone = leaseAlone()) {
      takers =
          Stream.<Callable<ExecutorEngine.Lease>>of(this::lease, this::leaseAlone, this::lease)
              .map(lease -> Taker.start(lease, ended))
              .toList();
      for (Taker taker : takers) {
        taker.untilItWaits();
      }
      ended.set(true);
    }
    for (Taker taker : takers) {
      assertThat(taker.task().get()).isTrue();
    }
  }

  @Test
  void anEngineIsLeasedAloneOnceItIsFree() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    Taker alone;
    try (ExecutorEngine.Lease one = lease()) {
      try (ExecutorEngine.Lease other = lease()) {
        alone = Taker.start(this::leaseAlone, ended);
        alone.untilItWaits();
      }
      alone.untilItWaits();
      ended.set(true);
    }
    assertThat(alone.task().get()).isTrue();
  }
}
