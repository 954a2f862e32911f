package org.pyramidspark.job;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.pyramidspark.commit.LineFiles;
import org.pyramidspark.commit.PlannedRun;
import org.pyramidspark.commit.RowFiles;
import org.pyramidspark.commit.RunOutput;
import org.pyramidspark.commit.RunPlan;
import org.pyramidspark.commit.SplitCommits;
import org.pyramidspark.executor.PartitionRunner;
import org.pyramidspark.executor.RowWork;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.prompts.CorpusFile;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.tables.CompletionTable;
import org.pyramidspark.tables.TableInput;
import org.pyramidspark.tables.TableJob;
import org.pyramidspark.tables.TableOutput;

/** Where a run of {@code generate} has its rows from, and who completes them. */
interface CorpusSource {

  /** What there is to do. */
  PlannedRun plan();

  /** Completes splits, each in a task. */
  void run(List<Integer> splits, RowWork work, RowSample sample, SplitCommits commits);

  /**
   * Plans a run, or finds the plan of one that is gone on with.
   *
   * @param opened the model
   * @throws org.pyramidspark.errors.InvalidInputException if the input does not serve
   */
  static CorpusSource of(
      JavaSparkContext spark,
      GenerateOptions options,
      RunOutput output,
      OpenedModel opened,
      Instant started)
      throws IOException {
    Map<String, String> settings = DecidingSettings.of(options.settings(), opened.model());
    Optional<TableInput> table = options.tables().flatMap(TableOptions::input);
    return table.isPresent()
        ? Table.of(
            session(spark), table.get(), options.tables().get().output(), output, settings, started)
        : Lines.of(spark, options, output, settings, opened, started);
  }

  private static SparkSession session(JavaSparkContext spark) {
    return SparkSession.builder().config(spark.getConf()).getOrCreate();
  }

  /**
   * Lines of JSON, by our own reader.
   *
   * @param files how rows are written
   */
  record Lines(CorpusSplits corpus, RunPlan plan, RowFiles<?> files) implements CorpusSource {

    static Lines of(
        JavaSparkContext spark,
        GenerateOptions options,
        RunOutput output,
        Map<String, String> settings,
        OpenedModel opened,
        Instant started)
        throws IOException {
      RowFiles<?> rows =
          options.tables().isPresent()
              ? CompletionTable.of(session(spark), options.tables().get().output())
              : new LineFiles();
      CorpusSplits corpus = CorpusSplits.on(spark);
      List<CorpusFile> files = corpus.files(options.corpus());
      RunPlan plan =
          output.isBegun()
              ? output.resume(settings, RunPlan.again(files))
              : output.begin(
                  settings,
                  new RunPlan(
                      files, corpus.of(options.corpus(), files, opened.cost(options.rows()))),
                  started);
      return new Lines(corpus, plan, rows);
    }

    @Override
    public void run(List<Integer> splits, RowWork work, RowSample sample, SplitCommits commits) {
      // The largest first: what is left for the end is small.
      List<Split> pending =
          splits.stream()
              .map(plan.splits()::get)
              .sorted(Comparator.comparingLong(Split::cost).reversed())
              .toList();
      work.engine()
          .devices()
          .stage(corpus.spark().parallelize(pending, pending.size()))
          .foreachPartition(new PartitionRunner<>(work, sample, commits, files, corpus.hadoop()));
    }
  }

  /** What Spark reads. */
  record Table(TableJob job) implements CorpusSource {

    static Table of(
        SparkSession session,
        TableInput input,
        TableOutput rows,
        RunOutput output,
        Map<String, String> settings,
        Instant started)
        throws IOException {
      return new Table(TableJob.of(session, input, rows, output, settings, started));
    }

    @Override
    public PlannedRun plan() {
      return job.plan();
    }

    @Override
    public void run(List<Integer> splits, RowWork work, RowSample sample, SplitCommits commits) {
      job.run(splits, work, sample, commits);
    }
  }
}
