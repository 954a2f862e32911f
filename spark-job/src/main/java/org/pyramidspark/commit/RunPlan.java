package org.pyramidspark.commit;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pyramidspark.prompts.CorpusFile;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.prompts.LineRange;
import org.pyramidspark.prompts.Split;

/**
 * What a run is to do, made once: a session that goes on with the run reads it and need not scan
 * the corpus.
 *
 * @param corpus all files, in their order
 * @param splits by number
 */
public record RunPlan(List<CorpusFile> corpus, List<Split> splits) implements PlannedRun {
  private static final String FILES = "corpus.jsonl";
  private static final String SPLITS = "splits.jsonl";

  /** A split as it is written: its files by their numbers, since many splits share one. */
  private record SplitLine(int split, List<RangeLine> ranges) {}

  private record RangeLine(
      int file,
      CorpusFormat format,
      long offset,
      long firstLine,
      long workBytes,
      long cost,
      long prompts) {}

  public RunPlan {
    corpus = List.copyOf(corpus);
    splits = List.copyOf(splits);
  }

  @Override
  public int numSplits() {
    return splits.size();
  }

  /** Rows of the run. */
  @Override
  public long numPrompts() {
    return splits.stream().mapToLong(Split::numPrompts).sum();
  }

  /** Bytes of text that its prompts read. */
  @Override
  public long workBytes() {
    return splits.stream().mapToLong(Split::workBytes).sum();
  }

  @Override
  public long cost(int split) {
    return splits.get(split).cost();
  }

  @Override
  public void write(RunFolder folder) throws IOException {
    Map<CorpusFile, Integer> numbers = new HashMap<>();
    try (Writer lines = folder.bookWriter(FILES)) {
      for (CorpusFile file : corpus) {
        numbers.put(file, numbers.size());
        lines.write(BooksJson.line(file) + "\n");
      }
    }
    try (Writer lines = folder.bookWriter(SPLITS)) {
      for (Split split : splits) {
        List<RangeLine> ranges =
            split.ranges().stream().map(range -> line(range, numbers.get(range.file()))).toList();
        lines.write(BooksJson.line(new SplitLine(split.index(), ranges)) + "\n");
      }
    }
  }

  private static RangeLine line(LineRange range, int file) {
    return new RangeLine(
        file,
        range.format(),
        range.offset(),
        range.firstLine(),
        range.workBytes(),
        range.cost(),
        range.numPrompts());
  }

  /**
   * The plan of a run that is gone on with.
   *
   * @param now the corpus's files
   */
  public static Again<RunPlan> again(List<CorpusFile> now) {
    return new Again<>() {
      @Override
      public RunPlan read(RunFolder folder, int splits) throws IOException {
        return RunPlan.read(folder, splits);
      }

      @Override
      public Optional<String> change(RunPlan plan) {
        return CorpusChange.between(plan.corpus(), now);
      }
    };
  }

  /**
   * @param splits that it must have
   * @throws org.pyramidspark.errors.InvalidInputException if it is damaged
   */
  static RunPlan read(RunFolder folder, int splits) throws IOException {
    List<CorpusFile> corpus = folder.bookLines(FILES, CorpusFile.class);
    List<Split> planned = new ArrayList<>();
    for (SplitLine line : folder.bookLines(SPLITS, SplitLine.class)) {
      List<LineRange> ranges =
          line.ranges().stream().map(range -> range(range, corpus.get(range.file()))).toList();
      planned.add(new Split(line.split(), ranges));
    }
    if (planned.size() != splits) {
      throw folder.damaged(SPLITS);
    }
    return new RunPlan(corpus, planned);
  }

  private static LineRange range(RangeLine line, CorpusFile file) {
    return new LineRange(
        file,
        line.format(),
        line.offset(),
        line.firstLine(),
        line.workBytes(),
        line.cost(),
        line.prompts());
  }
}
