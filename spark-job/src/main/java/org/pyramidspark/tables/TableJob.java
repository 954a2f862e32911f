package org.pyramidspark.tables;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.classic.SparkSession;
import org.pyramidspark.commit.PlannedRun;
import org.pyramidspark.commit.RunFolder;
import org.pyramidspark.commit.RunOutput;
import org.pyramidspark.commit.SplitCommits;
import org.pyramidspark.commit.TablePlan;
import org.pyramidspark.executor.RowWork;
import org.pyramidspark.metrics.RowSample;

/** A run over a table from the driver's side. Used by one thread. */
public final class TableJob {
  private final InputTable table;
  private final TablePlan plan;
  private final OutputColumns columns;
  private final TableWriter writer;

  private TableJob(SparkSession session, InputTable table, TablePlan plan, TableOutput output) {
    this.table = table;
    this.plan = plan;
    this.columns = columns(table);
    this.writer = TableWriter.of(session, output, columns);
  }

  /**
   * Plans a run, or finds the plan of one that is gone on with.
   *
   * @param settings all that decides rows, by option
   * @param started when this session did
   * @throws org.pyramidspark.errors.InvalidInputException if the table or the formats do not serve,
   *     or the run was begun with others
   */
  public static TableJob of(
      org.apache.spark.sql.SparkSession spark,
      TableInput input,
      TableOutput output,
      RunOutput run,
      Map<String, String> settings,
      Instant started)
      throws IOException {
    SparkSession session = (SparkSession) spark.newSession();
    if (run.isBegun()) {
      Again again = new Again(session, input);
      TablePlan plan = run.resume(settings, again);
      return new TableJob(session, again.table, plan, output);
    }
    InputTable table = InputTable.open(session, input, InputTable.reading(session, input.splits()));
    // What the output cannot hold is told before the table is counted.
    TableWriter.of(session, output, columns(table));
    TablePlan plan = run.begin(settings, table.plan(), started);
    return new TableJob(session, table, plan, output);
  }

  private static OutputColumns columns(InputTable table) {
    return OutputColumns.of(table.schema(), table.prompts(), table.input().extra());
  }

  public TablePlan plan() {
    return plan;
  }

  /** Completes splits, each in a task. */
  public void run(List<Integer> splits, RowWork work, RowSample sample, SplitCommits commits) {
    // The largest first: what is left for the end is small.
    List<TablePlan.RowRange> ranges =
        splits.stream()
            .map(plan.splits()::get)
            .sorted(Comparator.comparingLong(TablePlan.RowRange::rows).reversed())
            .toList();
    work.engine()
        .devices()
        .stage(TableSplits.of(table.rows(), ranges).toJavaRDD())
        .foreachPartition(new TableRunner(work, sample, commits, table.prompts(), columns, writer));
  }

  /** Opens the table as it was read when the run was planned. */
  private static final class Again implements PlannedRun.Again<TablePlan> {
    private final SparkSession session;
    private final TableInput input;
    private InputTable table;

    Again(SparkSession session, TableInput input) {
      this.session = session;
      this.input = input;
    }

    @Override
    public TablePlan read(RunFolder folder, int splits) throws IOException {
      return TablePlan.read(folder, splits);
    }

    @Override
    public Optional<String> change(TablePlan plan) {
      table = InputTable.open(session, input, plan.source().reading());
      return plan.change(input.path(), table.schema().json(), table.partitions());
    }
  }
}
