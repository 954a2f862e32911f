package org.pyramidspark.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.prompts.Split;
import scala.Tuple2;

/**
 * Scores completions on Spark: read, join by id, look at the references, score, sum up. Rows stay
 * on the executors; the driver sees each task's figures alone. Used by one thread.
 */
public final class Evaluation implements AutoCloseable {
  private final JavaSparkContext spark;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final EvaluationSettings settings;
  private final Map<String, TaskPlan> plans;
  private final JavaRDD<ScoredRow> scored;

  /**
   * Reads the rows and decides how each task is scored.
   *
   * @param partitions to score rows in; changes no result
   * @throws InvalidInputException if there are too many tasks, or no row names one
   */
  public Evaluation(
      JavaSparkContext spark,
      Broadcast<SerializableConfiguration> hadoop,
      EvaluationSources sources,
      EvaluationSettings settings,
      int partitions) {
    this.spark = spark;
    this.hadoop = hadoop;
    this.settings = settings;
    JavaRDD<JoinedRow> rows = join(sources, partitions);
    this.plans = plans(rows);
    this.scored =
        rows.mapPartitions(new RowScoring(plans, settings.words()))
            .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private JavaRDD<JoinedRow> join(EvaluationSources sources, int partitions) {
    JoinRule rule = sources.joinRule();
    JavaPairRDD<RowKey, SourceRow> rows = read(Source.RUN, sources.run());
    if (!sources.against().isEmpty()) {
      rows = rows.union(read(Source.AGAINST, sources.against()));
    }
    if (!sources.references().isEmpty()) {
      rows = rows.union(read(Source.REFERENCES, sources.references()));
    }
    return rows.repartitionAndSortWithinPartitions(new RowKey.ById(partitions))
        .mapPartitions(sorted -> new RowJoin(sorted, rule));
  }

  private JavaPairRDD<RowKey, SourceRow> read(Source source, List<Split> splits) {
    return spark
        .parallelize(splits, splits.size())
        .mapPartitionsToPair(new SourceReader(source, settings.reading(), hadoop));
  }

  private Map<String, TaskPlan> plans(JavaRDD<JoinedRow> rows) {
    int most = settings.bootstrap().mostTasks();
    List<Tuple2<String, TaskProfile>> profiles =
        rows.mapToPair(row -> new Tuple2<>(row.task(), TaskProfile.of(row)))
            .reduceByKey(TaskProfile::plus)
            .take(most + 1);
    if (profiles.size() > most) {
      throw InvalidInputException.of(
          "There are more than %d tasks, such as %s; give another --task-field, or fewer"
              + " --resamples than %d, since tasks times resamples may be %d at most.",
          most, profiles.getFirst()._1(), settings.bootstrap().resamples(), Bootstrap.MOST_SUMS);
    }
    if (settings.taskFieldGiven()
        && profiles.stream().allMatch(profile -> profile._2().rowsThatNameIt() == 0)) {
      throw InvalidInputException.of(
          "Option --task-field is %s, and no row has such a field with text or a whole number in"
              + " it; give the field that names a row's task, or leave the option out.",
          settings.reading().taskField());
    }
    Map<String, TaskPlan> plans = new HashMap<>();
    profiles.forEach(profile -> plans.put(profile._1(), settings.plan(profile._2())));
    return plans;
  }

  /**
   * Scores all rows and sums them up.
   *
   * @throws InvalidInputException if no row can be scored
   */
  public EvaluationResult result() {
    JavaPairRDD<String, TaskSums> sums =
        scored
            .mapPartitionsToPair(new TaskSumming(settings.bootstrap()))
            .reduceByKey(TaskSums::plus)
            .persist(StorageLevel.MEMORY_AND_DISK());
    TreeMap<String, TaskFigures> tasks =
        new TreeMap<>(sums.mapValues(TaskSums::figures).collectAsMap());
    TaskFigures overall = sums.values().treeReduce(TaskSums::plus).figures();
    sums.unpersist();
    EvaluationResult result = new EvaluationResult(overall, tasks, plans);
    if (result.scoredRows() == 0) {
      throw nothingScored(overall);
    }
    return result;
  }

  private InvalidInputException nothingScored(TaskFigures overall) {
    Map<String, Long> counts = new TreeMap<>();
    overall.rows().forEach((status, rows) -> counts.put(status.label(), rows));
    String examples =
        String.join(
            " ", scored.take(3).stream().map(row -> row.id() + ": " + row.problem()).toList());
    return InvalidInputException.of(
        "No row can be scored (%s); completions and references must have the same ids, and"
            + " completions a text. The first rows: %s",
        counts, examples);
  }

  /** The rows of the output as lines of JSON, in no order. */
  public JavaRDD<String> lines() {
    return scored.map(ScoredRow::toJson);
  }

  @Override
  public void close() {
    scored.unpersist();
  }
}
