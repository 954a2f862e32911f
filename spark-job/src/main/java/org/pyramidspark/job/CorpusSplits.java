package org.pyramidspark.job;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.prompts.CorpusFile;
import org.pyramidspark.prompts.CorpusFiles;
import org.pyramidspark.prompts.LineRange;
import org.pyramidspark.prompts.RowCost;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitPlan;

/**
 * Cuts a corpus into splits for the tasks of a job.
 *
 * @param spark scans the corpus
 * @param hadoop settings of the file systems
 */
record CorpusSplits(JavaSparkContext spark, Broadcast<SerializableConfiguration> hadoop) {

  static CorpusSplits on(JavaSparkContext spark) {
    Configuration settings = spark.hadoopConfiguration();
    return new CorpusSplits(spark, spark.broadcast(new SerializableConfiguration(settings)));
  }

  /**
   * The corpus's splits; at least one.
   *
   * @param cost what rows cost
   * @throws InvalidInputException if there are no rows, or they cannot be read
   */
  List<Split> of(CorpusOptions corpus, RowCost cost) {
    return of(corpus, files(corpus), cost);
  }

  /**
   * All files of a corpus, by name.
   *
   * @throws InvalidInputException if there are none, or they cannot be read
   */
  List<CorpusFile> files(CorpusOptions corpus) {
    return CorpusFiles.list(corpus.input(), spark.hadoopConfiguration());
  }

  /** As {@link #of(CorpusOptions, RowCost)}, out of the files that were listed. */
  List<Split> of(CorpusOptions corpus, List<CorpusFile> files, RowCost cost) {
    long bytes = files.stream().mapToLong(CorpusFile::bytes).sum();
    int numSplits =
        corpus.partitions().orElse(SplitPlan.defaultSplits(bytes, spark.defaultParallelism()));
    List<LineRange> ranges = new CorpusScans(this, corpus, cost, numSplits).ranges(files);
    if (ranges.isEmpty()) {
      throw InvalidInputException.of(
          "Input %s holds no rows; give a corpus with at least one line of JSON.", corpus.input());
    }
    return SplitPlan.plan(ranges, numSplits);
  }
}
