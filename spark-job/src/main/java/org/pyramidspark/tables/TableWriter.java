package org.pyramidspark.tables;

import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.errors.InvalidInputException;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * How tasks write rows in a format: what Spark's own writing tasks get.
 *
 * @param factory of the format
 * @param layout of the rows in folders and files
 * @param hadoop settings that the format has prepared
 */
record TableWriter(
    OutputWriterFactory factory, FileLayout layout, Broadcast<SerializableConfiguration> hadoop)
    implements Serializable {
  private static final String NULL_FIELDS = "ignoreNullFields";

  /**
   * @throws InvalidInputException if the format cannot hold these rows, or there is none such
   */
  static TableWriter of(SparkSession session, TableOutput output, OutputColumns columns) {
    FileFormat format = Formats.ofOutput(output.format(), session.sessionState().conf());
    FileLayout layout =
        FileLayout.of(
            columns.schema(),
            output.partitionBy(),
            session.sessionState().conf().sessionLocalTimeZone());
    checkTypes(output, layout.unfit(column -> format.supportDataType(column.dataType())));
    try {
      Job job = Job.getInstance(session.sessionState().newHadoopConf());
      job.setOutputKeyClass(Void.class);
      job.setOutputValueClass(InternalRow.class);
      OutputWriterFactory factory =
          format.prepareWrite(session, job, options(output), layout.fileSchema());
      return new TableWriter(
          factory,
          layout,
          session
              .sparkContext()
              .broadcast(
                  new SerializableConfiguration(job.getConfiguration()),
                  ClassTag$.MODULE$.apply(SerializableConfiguration.class)));
    } catch (Exception failure) {
      // Spark's checked AnalysisException is thrown without being declared.
      throw new InvalidInputException(
          "Output format %s cannot hold the rows or does not know an option (%s); give another by"
                  .formatted(output.format(), InputTable.reason(failure))
              + " --output-format, such as parquet, or mend --output-option.",
          failure);
    }
  }

  private static void checkTypes(TableOutput output, List<StructField> unfit) {
    if (!unfit.isEmpty()) {
      throw InvalidInputException.of(
          "Output format %s cannot hold the column %s of type %s; give another by --output-format,"
              + " such as parquet.",
          output.format(), unfit.getFirst().name(), unfit.getFirst().dataType().simpleString());
    }
  }

  /** Every row has all fields, also where they are null. */
  private static scala.collection.immutable.Map<String, String> options(TableOutput output) {
    Map<String, String> options = new LinkedHashMap<>(output.options());
    if (output.format().equals(TableOutput.JSON)
        && output.options().keySet().stream().noneMatch(NULL_FIELDS::equalsIgnoreCase)) {
      options.put(NULL_FIELDS, "false");
    }
    return org.apache.spark.sql.catalyst.util.CaseInsensitiveMap$.MODULE$.apply(
        scala.collection.immutable.Map.from(CollectionConverters.asScala(options)));
  }

  Configuration conf() {
    return hadoop.value().value();
  }

  /** What Hadoop's writers ask of their task. */
  TaskAttemptContext context() {
    TaskContext task = TaskContext.get();
    TaskID id = new TaskID("pyramid", task.stageId(), TaskType.MAP, task.partitionId());
    return new TaskAttemptContextImpl(
        new Configuration(conf()), new TaskAttemptID(id, task.attemptNumber()));
  }

  /** The files of one attempt at a split. */
  TableFiles files(String folder, int split) throws IOException {
    return TableFiles.open(this, folder, split);
  }
}
