package org.pyramidspark.job;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.prompts.CorpusFile;
import org.pyramidspark.prompts.CorpusFiles;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.prompts.CorpusScan;
import org.pyramidspark.prompts.LineRange;
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
   * The corpus's splits, in its order; at least one.
   *
   * @throws InvalidInputException if there are no rows, or they cannot be read
   */
  List<Split> of(CorpusOptions corpus) {
    return of(corpus, files(corpus));
  }

  /**
   * All files of a corpus, by name.
   *
   * @throws InvalidInputException if there are none, or they cannot be read
   */
  List<CorpusFile> files(CorpusOptions corpus) {
    return CorpusFiles.list(corpus.input(), spark.hadoopConfiguration());
  }

  /** As {@link #of(CorpusOptions)}, out of the files that were listed. */
  List<Split> of(CorpusOptions corpus, List<CorpusFile> files) {
    long corpusBytes = files.stream().mapToLong(CorpusFile::bytes).sum();
    int numSplits =
        corpus
            .partitions()
            .orElse(SplitPlan.defaultSplits(corpusBytes, spark.defaultParallelism()));
    long limit = corpus.limit().orElse(Long.MAX_VALUE);
    long rangeBytes = SplitPlan.rangeBytes(corpusBytes, numSplits);
    List<LineRange> ranges = scan(files, corpus.format(), rangeBytes, limit);
    if (ranges.isEmpty()) {
      throw InvalidInputException.of(
          "Input %s holds no rows; give a corpus with at least one line of JSON.", corpus.input());
    }
    return SplitPlan.plan(ranges, numSplits, limit);
  }

  private List<LineRange> scan(
      List<CorpusFile> files, CorpusFormat format, long rangeBytes, long limit) {
    Broadcast<SerializableConfiguration> settings = hadoop;
    return spark
        .parallelize(files, Math.min(files.size(), 4 * spark.defaultParallelism()))
        .flatMap(
            file ->
                CorpusScan.ranges(file, format, rangeBytes, limit, settings.value().value())
                    .iterator())
        .collect();
  }
}
