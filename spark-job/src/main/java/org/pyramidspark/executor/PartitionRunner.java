package org.pyramidspark.executor;

import java.util.Iterator;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.metrics.ShownRowsAccumulator;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitRows;
import scala.Tuple2;

/**
 * A task: reads one split, completes its rows on the executor's engine and streams them out as
 * lines of JSON. Holds no more rows than the engine works on.
 *
 * @param model to use
 * @param engine how it runs
 * @param rows how rows are completed
 * @param totals counts rows and engines
 * @param shown gathers the rows that the report shows
 * @param hadoop settings of the file systems
 */
public record PartitionRunner(
    ModelReference model,
    EngineSettings engine,
    RowSettings rows,
    RunAccumulator totals,
    ShownRowsAccumulator shown,
    Broadcast<SerializableConfiguration> hadoop)
    implements PairFlatMapFunction<Iterator<Split>, NullWritable, Text> {

  @Override
  public Iterator<Tuple2<NullWritable, Text>> call(Iterator<Split> splits)
      throws InterruptedException {
    SparkEnv env = SparkEnv.get();
    ExecutorEngine.Lease lease =
        ExecutorEngine.lease(model, engine.options(ExecutorCores.of(env.conf())), env.executorId());
    // Spark calls these in reverse order, however the task ends.
    TaskContext task = TaskContext.get();
    atEnd(task, lease::close);
    SplitRows prompts = new SplitRows(splits.next(), hadoop.value().value());
    atEnd(task, prompts::close);
    ShownRows taskRows = new ShownRows(shown.sample());
    QualityGuard guard = lease.model().guard(totals.id(), rows);
    CompletionStream stream =
        new CompletionStream(prompts, lease.model(), rows, guard, totals, taskRows);
    atEnd(task, stream::close);
    totals.watch(() -> stream.work(prompts::readBytes));
    if (rows.guard().isOn()) {
      totals.watch(lease.model().name(), guard::reading);
    }
    EngineReading.Counters start = lease.model().counters();
    return new Lines(
        stream,
        () -> {
          totals.add(lease.model().readingSince(start));
          totals.endWatch();
          shown.add(taskRows);
        });
  }

  private static void atEnd(TaskContext task, Runnable action) {
    TaskCompletionListener listener = context -> action.run();
    task.addTaskCompletionListener(listener);
  }

  /** Lines of JSON, and something to be done once after the last. */
  private static final class Lines implements Iterator<Tuple2<NullWritable, Text>> {
    private final CompletionStream stream;
    private final Runnable atEnd;
    private boolean ended;

    Lines(CompletionStream stream, Runnable atEnd) {
      this.stream = stream;
      this.atEnd = atEnd;
    }

    @Override
    public boolean hasNext() {
      boolean more = stream.hasNext();
      if (!more && !ended) {
        ended = true;
        atEnd.run();
      }
      return more;
    }

    @Override
    public Tuple2<NullWritable, Text> next() {
      return new Tuple2<>(NullWritable.get(), new Text(stream.next().completion().toJson()));
    }
  }
}
