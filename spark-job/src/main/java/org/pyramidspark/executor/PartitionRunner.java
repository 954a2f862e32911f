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
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.RunAccumulator;
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
 * @param hadoop settings of the file systems
 */
public record PartitionRunner(
    ModelReference model,
    EngineSettings engine,
    RowSettings rows,
    RunAccumulator totals,
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
    CompletionStream stream =
        new CompletionStream(
            prompts, lease.model(), rows, lease.model().guard(totals.id(), rows), totals);
    atEnd(task, stream::close);
    totals.watch(stream::work);
    return new Lines(stream, lease.model(), totals);
  }

  private static void atEnd(TaskContext task, Runnable action) {
    TaskCompletionListener listener = context -> action.run();
    task.addTaskCompletionListener(listener);
  }

  /** Lines of JSON; reads the engine's counters at the end. */
  private static final class Lines implements Iterator<Tuple2<NullWritable, Text>> {
    private final CompletionStream stream;
    private final LoadedModel model;
    private final RunAccumulator totals;
    private final EngineReading.Counters start;
    private boolean ended;

    Lines(CompletionStream stream, LoadedModel model, RunAccumulator totals) {
      this.stream = stream;
      this.model = model;
      this.totals = totals;
      this.start = model.counters();
    }

    @Override
    public boolean hasNext() {
      boolean more = stream.hasNext();
      if (!more && !ended) {
        ended = true;
        totals.add(model.readingSince(start));
        totals.endWatch();
      }
      return more;
    }

    @Override
    public Tuple2<NullWritable, Text> next() {
      return new Tuple2<>(NullWritable.get(), new Text(stream.next().toJson()));
    }
  }
}
