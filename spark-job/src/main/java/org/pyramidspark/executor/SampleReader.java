package org.pyramidspark.executor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitRows;

/**
 * A task: the rows of one split that belong to a sample at most, as prompts. Rows that cannot be
 * read, or whose prompt is too long, belong to none. Holds as many rows as are wanted.
 *
 * @param model whose tokens the prompts are
 * @param engine how it runs
 * @param rows how prompts are made; its seed chooses the sample
 * @param wanted rows of the sample
 * @param hadoop settings of the file systems
 */
public record SampleReader(
    ModelReference model,
    EngineSettings engine,
    RowSettings rows,
    int wanted,
    Broadcast<SerializableConfiguration> hadoop)
    implements FlatMapFunction<Iterator<Split>, SampledPrompt> {

  /** A row that may belong to the sample. */
  private record Placed(double place, PromptRow row) {}

  @Override
  public Iterator<SampledPrompt> call(Iterator<Split> splits) throws InterruptedException {
    try (ExecutorEngine.Lease lease = TaskScope.lease(model, engine);
        SplitRows read = new SplitRows(splits.next(), hadoop.value().value())) {
      return encode(first(read), lease.model()).iterator();
    }
  }

  /** The rows of least place, of those that can be read. */
  private List<PromptRow> first(Iterator<PromptRow> read) {
    PriorityQueue<Placed> first =
        new PriorityQueue<>(Comparator.comparingDouble(Placed::place).reversed());
    while (read.hasNext()) {
      PromptRow row = read.next();
      if (row instanceof PromptRow.Valid) {
        first.add(new Placed(rows.hash(row.id()), row));
        if (first.size() > wanted) {
          first.remove();
        }
      }
    }
    return first.stream().map(Placed::row).toList();
  }

  private List<SampledPrompt> encode(List<PromptRow> chosen, LoadedModel loaded) {
    RowRequests requests =
        new RowRequests(
            chosen.iterator(),
            loaded,
            rows,
            new QualityGuard(GuardSettings.OFF, rows.policy()),
            hash -> false,
            RowMarks.none());
    List<SampledPrompt> prompts = new ArrayList<>();
    do {
      while (requests.hasNext()) {
        GenerationRequest request = requests.next();
        String id = requests.finished(request.id()).row().id();
        prompts.add(SampledPrompt.of(id, rows.hash(id), request));
      }
    } while (requests.nextFailed().isPresent());
    return prompts;
  }
}
