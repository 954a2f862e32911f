package org.pyramidspark.job;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.prompts.CorpusFile;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.prompts.CorpusScan;
import org.pyramidspark.prompts.FileRanges;
import org.pyramidspark.prompts.LineRange;
import org.pyramidspark.prompts.RowCost;
import org.pyramidspark.prompts.SplitPlan;

/**
 * Scans a corpus, one task a file: once, in ranges whose number follows from a file's bytes; then
 * files again that cost so much more than their bytes say that these ranges are too coarse.
 *
 * @param corpus where it is scanned
 * @param options what is read of it
 * @param cost what rows cost
 * @param numSplits that are wanted
 */
record CorpusScans(CorpusSplits corpus, CorpusOptions options, RowCost cost, int numSplits) {

  /** A file and the most ranges that it is to be cut into. */
  private record Scan(CorpusFile file, int mostRanges) implements Serializable {}

  /** The ranges that belong to the run, in the order of the files. */
  List<LineRange> ranges(List<CorpusFile> files) {
    long bytes = files.stream().mapToLong(CorpusFile::bytes).sum();
    Map<CorpusFile, FileRanges> scanned =
        new LinkedHashMap<>(scan(files, file -> (double) file.bytes() / bytes));
    List<LineRange> wanted = wanted(scanned);
    long whole = wanted.stream().mapToLong(LineRange::cost).sum();
    List<CorpusFile> coarse =
        wanted.stream()
            .map(LineRange::file)
            .distinct()
            .filter(file -> SplitPlan.isTooCoarse(scanned.get(file), whole, numSplits))
            .toList();
    if (coarse.isEmpty()) {
      return wanted;
    }
    scanned.putAll(scan(coarse, file -> (double) scanned.get(file).cost() / whole));
    return wanted(scanned);
  }

  private List<LineRange> wanted(Map<CorpusFile, FileRanges> scanned) {
    List<LineRange> ranges = new ArrayList<>();
    scanned.values().forEach(file -> ranges.addAll(file.ranges()));
    return SplitPlan.limited(ranges, limit());
  }

  private long limit() {
    return options.limit().orElse(Long.MAX_VALUE);
  }

  private Map<CorpusFile, FileRanges> scan(
      List<CorpusFile> files, ToDoubleFunction<CorpusFile> share) {
    List<Scan> scans =
        files.stream()
            .map(file -> new Scan(file, SplitPlan.mostRanges(share.applyAsDouble(file), numSplits)))
            .toList();
    Iterator<FileRanges> ranges = scan(scans).iterator();
    Map<CorpusFile, FileRanges> byFile = new LinkedHashMap<>();
    files.forEach(file -> byFile.put(file, ranges.next()));
    return byFile;
  }

  private List<FileRanges> scan(List<Scan> scans) {
    Broadcast<SerializableConfiguration> settings = corpus.hadoop();
    CorpusFormat format = options.format();
    RowCost rowCost = cost;
    long most = limit();
    return corpus
        .spark()
        .parallelize(scans, Math.min(scans.size(), 4 * corpus.spark().defaultParallelism()))
        .map(
            scan ->
                CorpusScan.ranges(
                    scan.file(),
                    format,
                    rowCost,
                    scan.mostRanges(),
                    most,
                    settings.value().value()))
        .collect();
  }
}
