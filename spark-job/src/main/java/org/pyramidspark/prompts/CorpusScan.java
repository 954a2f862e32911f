package org.pyramidspark.prompts;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Reads a file once before the run: counts its prompts and cuts it into ranges of whole lines, so
 * that every task knows its line numbers and the run its size.
 */
public final class CorpusScan {
  private final CorpusFile file;
  private final CorpusFormat format;
  private final RowCost rowCost;
  private final FileRanges ranges;

  private CorpusScan(CorpusFile file, CorpusFormat format, RowCost rowCost, int mostRanges) {
    this.file = file;
    this.format = format;
    this.rowCost = rowCost;
    this.ranges = new FileRanges(mostRanges);
  }

  /**
   * The file's ranges, in order; none if it holds no rows.
   *
   * @param format {@link CorpusFormat#AUTO} recognises it by the first row that is JSON
   * @param rowCost what rows cost
   * @param mostRanges the most ranges, at least 1
   * @param limit stops once this many prompts are found
   * @throws IOException if the file cannot be read
   */
  public static FileRanges ranges(
      CorpusFile file,
      CorpusFormat format,
      RowCost rowCost,
      int mostRanges,
      long limit,
      Configuration hadoop)
      throws IOException {
    CorpusFormat known = format == CorpusFormat.AUTO ? recognise(file, hadoop) : format;
    CorpusScan scan = new CorpusScan(file, known, rowCost, mostRanges);
    try (JsonLines lines = JsonLines.open(file, 0, 1, hadoop)) {
      scan.run(lines, limit);
    }
    return scan.ranges;
  }

  private static CorpusFormat recognise(CorpusFile file, Configuration hadoop) throws IOException {
    try (JsonLines lines = JsonLines.open(file, 0, 1, hadoop)) {
      while (lines.advance()) {
        Optional<CorpusFormat> found =
            lines.isBlank() ? Optional.empty() : LineParser.recognise(lines);
        if (found.isPresent()) {
          return found.get();
        }
      }
      return CorpusFormat.PROMPTS;
    }
  }

  private void run(JsonLines lines, long limit) throws IOException {
    LineParser parser = new LineParser(file.name(), format);
    long total = 0;
    while (total < limit && lines.advance()) {
      if (!lines.isBlank()) {
        List<PromptRow> prompts = parser.parse(lines).prompts();
        ranges.add(range(lines, prompts));
        total += prompts.size();
      }
    }
  }

  private LineRange range(JsonLines line, List<PromptRow> prompts) {
    return new LineRange(
        file,
        format,
        line.offset(),
        line.number(),
        (long) prompts.size() * line.lineBytes(),
        prompts.stream().mapToLong(prompt -> rowCost.of(prompt, line.lineBytes())).sum(),
        prompts.size());
  }
}
