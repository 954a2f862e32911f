package org.pyramidspark.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pyramidspark.dataframe.ColumnNames;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tables.TableInput;
import org.pyramidspark.tables.TableOutput;
import picocli.CommandLine.Option;

/** Command-line options of input and output through Spark's readers and writers. */
final class TableArguments {
  /** Names of options whose values may be secret; Spark hides those, too. */
  private static final Pattern SECRET =
      Pattern.compile("(?i)url|secret|password|token|access[.]?key|credential");

  /** Options that are shown in another form. */
  static final List<String> APART =
      List.of("--option", "--columns", "--output-option", "--partition-by");

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      description =
          "Read the input by Spark's reader of this name: parquet, orc, csv, json, text, table (a"
              + " table of the catalog), or another that is on the class path (default: JSONL by our"
              + " own reader).")
  private String inputFormat;

  @Option(
      names = "--option",
      paramLabel = "K=V",
      description = "An option of Spark's reader, such as header=true; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--columns",
      paramLabel = "FIELD=COLUMN",
      split = ",",
      description =
          "Which columns hold id, prompt, messages, prompt_token_ids, instruction, input, reference"
              + " and max_new_tokens, such as id=key,prompt=body (default: those of these names; value"
              + " of text). Other columns pass through.")
  private Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description =
          "The same instruction for all rows, each of which has its document in the column of the"
              + " field input.")
  private String instruction;

  @Option(
      names = "--output-format",
      paramLabel = "FORMAT",
      description =
          "Write rows by Spark's writer of this name: parquet, orc, csv, json (default: json, with"
              + " the ending .jsonl). Goes with --input-format.")
  private String outputFormat;

  @Option(
      names = "--output-option",
      paramLabel = "K=V",
      description =
          "An option of Spark's writer, such as compression=gzip; may be repeated. Goes with"
              + " --input-format.")
  private Map<String, String> outputOptions = new LinkedHashMap<>();

  @Option(
      names = "--partition-by",
      paramLabel = "COLUMN",
      split = ",",
      description =
          "Write rows to folders COLUMN=VALUE by these columns of the output. Goes with"
              + " --input-format.")
  private List<String> partitionBy = new ArrayList<>();

  /**
   * What was asked for, if Spark is to read.
   *
   * @throws InvalidInputException if an option does not go with the others
   */
  Optional<TableOptions> options(CorpusOptions corpus) {
    if (inputFormat == null) {
      checkNone();
      return Optional.empty();
    }
    ColumnNames.ofOption(columns);
    TableInput input =
        new TableInput(
            corpus.input(),
            inputFormat,
            options,
            columns,
            Optional.ofNullable(instruction),
            corpus.limit(),
            corpus.partitions());
    String format = outputFormat == null ? TableOutput.JSON : outputFormat;
    return Optional.of(
        new TableOptions(input, new TableOutput(format, outputOptions, partitionBy)));
  }

  private void checkNone() {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("--option", !options.isEmpty());
    given.put("--columns", !columns.isEmpty());
    given.put("--instruction", instruction != null);
    given.put("--output-format", outputFormat != null);
    given.put("--output-option", !outputOptions.isEmpty());
    given.put("--partition-by", !partitionBy.isEmpty());
    given.forEach(
        (option, there) -> {
          if (there) {
            throw InvalidInputException.of(
                "Option %s is for input that Spark reads; give --input-format, too, such as json"
                    + " for files of JSON lines.",
                option);
          }
        });
  }

  /** Those of these options that hold several values, for reports; secrets are hidden. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    put(settings, "option", shown(options));
    put(settings, "columns", shown(columns));
    put(settings, "output-option", shown(outputOptions));
    put(settings, "partition-by", String.join(",", partitionBy));
    return settings;
  }

  private static void put(Map<String, String> settings, String key, String value) {
    if (!value.isEmpty()) {
      settings.put(key, value);
    }
  }

  private static String shown(Map<String, String> values) {
    return values.entrySet().stream()
        .map(
            value ->
                value.getKey()
                    + "="
                    + (SECRET.matcher(value.getKey()).find() ? "(hidden)" : value.getValue()))
        .collect(Collectors.joining(","));
  }
}
