package org.pyramidspark.commit;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.errors.InvalidInputException;
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
public record RunPlan(List<CorpusFile> corpus, List<Split> splits) {
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

  /** Rows of the run. */
  public long numPrompts() {
    return splits.stream().mapToLong(Split::numPrompts).sum();
  }

  /** Bytes of text that its prompts read. */
  public long workBytes() {
    return splits.stream().mapToLong(Split::workBytes).sum();
  }

  void write(RunFolder folder) throws IOException {
    Map<CorpusFile, Integer> numbers = new HashMap<>();
    try (Writer lines = writer(folder, FILES)) {
      for (CorpusFile file : corpus) {
        numbers.put(file, numbers.size());
        lines.write(BooksJson.line(file) + "\n");
      }
    }
    try (Writer lines = writer(folder, SPLITS)) {
      for (Split split : splits) {
        List<RangeLine> ranges =
            split.ranges().stream().map(range -> line(range, numbers.get(range.file()))).toList();
        lines.write(BooksJson.line(new SplitLine(split.index(), ranges)) + "\n");
      }
    }
  }

  private static Writer writer(RunFolder folder, String name) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(folder.createBook(name), StandardCharsets.UTF_8));
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
   * @param splits that it must have
   * @throws InvalidInputException if it is damaged
   */
  static RunPlan read(RunFolder folder, int splits) throws IOException {
    List<CorpusFile> corpus = lines(folder, FILES, CorpusFile.class);
    List<Split> planned = new ArrayList<>();
    for (SplitLine line : lines(folder, SPLITS, SplitLine.class)) {
      List<LineRange> ranges =
          line.ranges().stream().map(range -> range(range, corpus.get(range.file()))).toList();
      planned.add(new Split(line.split(), ranges));
    }
    if (planned.size() != splits) {
      throw damaged(folder, SPLITS);
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

  private static <T extends Record> List<T> lines(RunFolder folder, String name, Class<T> type)
      throws IOException {
    List<T> values = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(folder.openBook(name), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        values.add(BooksJson.read(line, type).orElseThrow(() -> damaged(folder, name)));
      }
    }
    return values;
  }

  private static InvalidInputException damaged(RunFolder folder, String name) {
    return InvalidInputException.of(
        "The run in %s cannot be gone on with, for its %s is damaged; give --overwrite to begin"
            + " anew.",
        folder.shown(), name);
  }
}
