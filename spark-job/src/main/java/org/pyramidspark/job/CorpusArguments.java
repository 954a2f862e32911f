package org.pyramidspark.job;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pyramidspark.prompts.CorpusFormat;
import picocli.CommandLine.Option;

/** Command-line options of the input. */
final class CorpusArguments {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "A JSONL file, a folder of *.jsonl files, or a glob; local, hdfs:, ...")
  private String input;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      converter = LabelConverter.Format.class,
      description = {
        "How rows are written (default: ${DEFAULT-VALUE}, recognised for each file):",
        "leval: instructions[], input, outputs[]: one completion for each instruction;",
        "prompts: prompt, messages or prompt_token_ids, and optionally id, reference and"
            + " max_new_tokens."
      })
  private CorpusFormat format;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Complete only the first N prompts (default: all).")
  private Long limit;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Tasks to cut the corpus in (default: one for each core, more if the corpus is large).")
  private Integer partitions;

  CorpusOptions options() {
    return new CorpusOptions(
        input,
        format,
        limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
        partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions));
  }
}
