package org.pyramidspark.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.Partition;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.commit.TablePlan;
import org.pyramidspark.dataframe.PromptColumns;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.prompts.SplitPlan;

/**
 * A table as the driver sees it: its columns, and the partitions that Spark reads.
 *
 * @param prompts the columns that make prompts
 * @param reading settings of Spark by which it was cut into partitions
 * @param rows in these
 * @param bare as many rows in the same partitions, without the columns where that is quicker
 */
record InputTable(
    TableInput input,
    StructType schema,
    PromptColumns prompts,
    Map<String, String> reading,
    RDD<InternalRow> rows,
    RDD<InternalRow> bare) {
  /** Formats whose files say how many rows they hold. */
  private static final List<String> COUNTED = List.of("parquet", "orc");

  private static final String LEAST_PARTITIONS = "spark.sql.files.minPartitionNum";
  private static final List<String> READING =
      List.of(
          "spark.sql.files.maxPartitionBytes",
          "spark.sql.files.openCostInBytes",
          "spark.sql.files.maxPartitionNum");

  /** How a session cuts files into partitions, which the number of its cores decides, too. */
  static Map<String, String> reading(SparkSession session, OptionalInt splits) {
    Map<String, String> reading = new LinkedHashMap<>();
    for (String key : READING) {
      session.conf().getOption(key).foreach(value -> reading.put(key, value));
    }
    reading.put(
        LEAST_PARTITIONS,
        splits.isPresent()
            ? Integer.toString(splits.getAsInt())
            : session
                .conf()
                .getOption(LEAST_PARTITIONS)
                .getOrElse(() -> Integer.toString(session.sparkContext().defaultParallelism())));
    return reading;
  }

  /**
   * Opens a table.
   *
   * @param session of nobody else, since its settings are changed
   * @param reading settings that cut it into partitions
   * @throws InvalidInputException if it cannot be read, or its columns do not serve
   */
  static InputTable open(SparkSession session, TableInput input, Map<String, String> reading) {
    Formats.check("--input-format", input.format(), List.of(TableInput.TABLE));
    reading.forEach(session.conf()::set);
    // Partitions must be those that a resume finds, too.
    session.conf().set("spark.sql.adaptive.enabled", "false");
    try {
      Dataset<Row> table = withInstruction(read(session, input), input);
      boolean caseSensitive = Boolean.parseBoolean(session.conf().get("spark.sql.caseSensitive"));
      PromptColumns prompts = PromptColumns.of(input.names(), table.schema(), caseSensitive);
      RDD<InternalRow> rows = rows(table);
      RDD<InternalRow> bare = COUNTED.contains(input.format()) ? rows(table.select()) : rows;
      return new InputTable(input, table.schema(), prompts, reading, rows, bare);
    } catch (InvalidInputException refused) {
      throw refused;
    } catch (Exception failure) {
      // Spark's checked AnalysisException is thrown without being declared, options' errors are
      // not.
      throw unreadable(input, failure);
    }
  }

  private static RDD<InternalRow> rows(Dataset<Row> table) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) table).queryExecution().toRdd();
  }

  private static Dataset<Row> read(SparkSession session, TableInput input)
      throws AnalysisException {
    return input.format().equals(TableInput.TABLE)
        ? session.read().options(input.options()).table(input.path())
        : session.read().format(input.format()).options(input.options()).load(input.path());
  }

  private static Dataset<Row> withInstruction(Dataset<Row> table, TableInput input) {
    Optional<String> name = input.instructionColumn();
    if (name.isEmpty()) {
      return table;
    }
    if (Arrays.stream(table.columns()).anyMatch(name.get()::equalsIgnoreCase)) {
      throw InvalidInputException.of(
          "Input %s has a column %s already; leave out --instruction, or rename the column.",
          input.path(), name.get());
    }
    return table.withColumn(name.get(), functions.lit(input.instruction().orElseThrow()));
  }

  private static InvalidInputException unreadable(TableInput input, Exception failure) {
    return new InvalidInputException(
        "Input %s cannot be read as %s (%s); give its path and --input-format as they are, and what"
                .formatted(input.path(), input.format(), reason(failure))
            + " else its reader needs by --option.",
        failure);
  }

  static String reason(Exception failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .findFirst()
        .orElse("no reason")
        .replaceAll("\\.?\\s*(SQLSTATE: \\w+)?$", "");
  }

  /** The partitions as Spark reads them now. */
  List<TablePlan.Partition> partitions() {
    return partitions(rows);
  }

  private static List<TablePlan.Partition> partitions(RDD<InternalRow> rows) {
    List<TablePlan.Partition> partitions = new ArrayList<>();
    for (Partition partition : rows.partitions()) {
      List<TablePlan.FileRange> files =
          partition instanceof FilePartition scan
              ? Arrays.stream(scan.files()).map(InputTable::range).toList()
              : List.of();
      partitions.add(new TablePlan.Partition(partition.index(), files));
    }
    return partitions;
  }

  private static TablePlan.FileRange range(PartitionedFile file) {
    return new TablePlan.FileRange(
        file.toPath().toString(),
        file.start(),
        file.length(),
        file.modificationTime(),
        file.fileSize());
  }

  /**
   * Plans a run over it; counts its rows, for which most formats must be read once.
   *
   * @throws InvalidInputException if it has none
   */
  TablePlan plan() {
    List<TablePlan.Partition> partitions = partitions();
    List<Long> counts = counts(partitions(bare).equals(partitions) ? bare : rows);
    long total =
        Math.min(
            counts.stream().mapToLong(Long::longValue).sum(), input.limit().orElse(Long.MAX_VALUE));
    if (total == 0) {
      throw InvalidInputException.of(
          "Input %s holds no rows; give a table with at least one.", input.path());
    }
    return new TablePlan(
        new TablePlan.Source(input.path(), reading, schema.json()),
        partitions,
        RowRanges.of(counts, total, mostRows(partitions, total)));
  }

  /** Of a split. The rows of what is no file may come in another order when they are read again. */
  private long mostRows(List<TablePlan.Partition> partitions, long total) {
    long bytes =
        partitions.stream()
            .flatMap(partition -> partition.files().stream())
            .mapToLong(TablePlan.FileRange::bytes)
            .sum();
    boolean files = partitions.stream().noneMatch(partition -> partition.files().isEmpty());
    int cores = rows.context().defaultParallelism();
    return files
        ? Math.ceilDiv(total, input.splits().orElse(SplitPlan.defaultSplits(bytes, cores)))
        : Long.MAX_VALUE;
  }

  private static List<Long> counts(RDD<InternalRow> rows) {
    return rows.toJavaRDD()
        .mapPartitions(
            partition -> {
              long count = 0;
              for (; partition.hasNext(); partition.next()) {
                count++;
              }
              return List.of(count).iterator();
            })
        .collect();
  }
}
