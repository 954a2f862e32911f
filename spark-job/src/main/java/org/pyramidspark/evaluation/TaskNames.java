package org.pyramidspark.evaluation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names the task of a row that does not name it itself. */
final class TaskNames {
  /** The task of rows that nothing tells apart. */
  static final String ALL = "all";

  /** Ids as a corpus without ids of its own gets them: {@code file.jsonl#line/instruction}. */
  private static final Pattern ID = Pattern.compile("(.+)\\.jsonl#\\d+(?:/\\d+)?");

  private static final Pattern PART = Pattern.compile("part-\\d+(-[0-9a-f]{16})?\\.jsonl");
  private static final String SUFFIX = ".jsonl";

  private TaskNames() {}

  /** By the reference's file; by that in a completion's id; or by the completion's file. */
  static String of(RowKey key) {
    Matcher corpus = ID.matcher(key.id());
    if (key.source() != Source.REFERENCES && corpus.matches()) {
      return corpus.group(1);
    }
    return PART.matcher(key.file()).matches() ? ALL : withoutSuffix(key.file());
  }

  private static String withoutSuffix(String file) {
    return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
  }
}
