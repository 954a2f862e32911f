package org.pyramidspark.prompts;

import java.io.IOException;
import java.util.ArrayList;
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
  private final long rangeBytes;
  private final List<LineRange> ranges = new ArrayList<>();
  private long firstOffset;
  private long firstLine = 1;
  private long numPrompts;
  private long workBytes;

  private CorpusScan(CorpusFile file, CorpusFormat format, long rangeBytes) {
    this.file = file;
    this.format = format;
    this.rangeBytes = rangeBytes;
  }

  /**
   * The file's ranges, in order; none if it holds no rows.
   *
   * @param format {@link CorpusFormat#AUTO} recognises it by the first row that is JSON
   * @param rangeBytes a range ends with the line that reaches this size
   * @param limit stops once this many prompts are found
   * @throws IOException if the file cannot be read
   */
  public static List<LineRange> ranges(
      CorpusFile file, CorpusFormat format, long rangeBytes, long limit, Configuration hadoop)
      throws IOException {
    CorpusFormat known = format == CorpusFormat.AUTO ? recognise(file, hadoop) : format;
    CorpusScan scan = new CorpusScan(file, known, rangeBytes);
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
      long prompts = lines.isBlank() ? 0 : parser.parse(lines).prompts().size();
      numPrompts += prompts;
      workBytes += prompts * lines.lineBytes();
      total += prompts;
      if (workBytes >= rangeBytes) {
        endRange(lines.offset() + lines.lineBytes(), lines.number() + 1);
      }
    }
    endRange(lines.offset(), lines.number());
  }

  private void endRange(long nextOffset, long nextLine) {
    if (numPrompts > 0) {
      ranges.add(new LineRange(file, format, firstOffset, firstLine, workBytes, numPrompts));
    }
    firstOffset = nextOffset;
    firstLine = nextLine;
    numPrompts = 0;
    workBytes = 0;
  }
}
