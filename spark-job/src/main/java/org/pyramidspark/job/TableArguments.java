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
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.tables.TableInput;
import org.pyramidspark.tables.TableOutput;
import picocli.CommandLine.Option;

/** Command-line options of input and output through Spark's readers and writers. */
final class TableArguments {
  /** Names of options whose values may be secret; Spark hides those, too. */
  private static final Pattern SECRET =
      Pattern.compile("(?i)url|secret|password|token|access[.]?key|credential");

  private static final String NONE = "none";

  /** Options that are shown in another form. */
  static final List<String> APART =
      List.of("--option", "--columns", "--extra-columns", "--output-option", "--partition-by");

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
      description =
          "An option of Spark's reader, such as header=true; may be repeated (default: none).")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--columns",
      paramLabel = "FIELD=COLUMN",
      split = ",",
      description =
          "Which columns hold id, prompt, messages, prompt_token_ids, instruction, input, reference"
              + " and max_new_tokens, such as id=key,prompt=body (default: those of these names; value"
              + " of text).")
  private Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--extra-columns",
      paramLabel = "COLUMN",
      split = ",",
      description =
          "Columns of the input that pass through to the output, or none (default: all that"
              + " --columns does not read).")
  private List<String> extraColumns = new ArrayList<>();

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description =
          "The same instruction for all rows, each of which has its document in the column of the"
              + " field input (default: none).")
  private String instruction;

  @Option(
      names = "--output-format",
      paramLabel = "FORMAT",
      description =
          "Write rows by Spark's writer of this name: parquet, orc, csv, json; the reports are in"
              + " _pyramid/ then (default: JSONL by our own writer, with --input-format json).")
  private String outputFormat;

  @Option(
      names = "--output-option",
      paramLabel = "K=V",
      description =
          "An option of Spark's writer, such as compression=gzip; may be repeated. Goes with"
              + " --output-format or --input-format (default: none).")
  private Map<String, String> outputOptions = new LinkedHashMap<>();

  @Option(
      names = "--partition-by",
      paramLabel = "COLUMN",
      split = ",",
      description =
          "Write rows to folders COLUMN=VALUE by these columns of the output. Goes with"
              + " --output-format or --input-format (default: none).")
  private List<String> partitionBy = new ArrayList<>();

  /**
   * What was asked for, if Spark is to read or to write.
   *
   * @throws InvalidInputException if an option does not go with the others
   */
  Optional<TableOptions> options(CorpusOptions corpus) {
    checkFormats();
    if (inputFormat == null && outputFormat == null) {
      return Optional.empty();
    }
    String format = outputFormat == null ? TableOutput.JSON : outputFormat;
    return Optional.of(
        new TableOptions(input(corpus), new TableOutput(format, outputOptions, partitionBy)));
  }

  private Optional<TableInput> input(CorpusOptions corpus) {
    if (inputFormat == null) {
      return Optional.empty();
    }
    if (corpus.format() != CorpusFormat.AUTO) {
      throw InvalidInputException.of(
          "Option --format is for lines of JSON that our own reader reads, and --input-format is %s;"
              + " leave out --format, and name the columns by --columns.",
          inputFormat);
    }
    ColumnNames.ofOption(columns);
    return Optional.of(
        new TableInput(
            corpus.input(),
            inputFormat,
            options,
            columns,
            extra(),
            Optional.ofNullable(instruction),
            corpus.limit(),
            corpus.partitions()));
  }

  private Optional<List<String>> extra() {
    if (extraColumns.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(extraColumns.equals(List.of(NONE)) ? List.of() : extraColumns);
  }

  private void checkFormats() {
    boolean reads = inputFormat != null;
    boolean writes = reads || outputFormat != null;
    String input = "input that Spark reads; give --input-format, too, such as json for JSON lines";
    String output = "rows that Spark writes; give --output-format, too, such as parquet or json";
    check("--option", options.isEmpty() || reads, input);
    check("--columns", columns.isEmpty() || reads, input);
    check("--extra-columns", extraColumns.isEmpty() || reads, input);
    check("--instruction", instruction == null || reads, input);
    check("--output-option", outputOptions.isEmpty() || writes, output);
    check("--partition-by", partitionBy.isEmpty() || writes, output);
  }

  private static void check(String option, boolean fits, String purpose) {
    if (!fits) {
      throw InvalidInputException.of("Option %s is for %s.", option, purpose);
    }
  }

  /** Those of these options that hold several values, for reports; secrets are hidden. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    put(settings, "option", shown(options));
    put(settings, "columns", shown(columns));
    put(settings, "extra-columns", String.join(",", extraColumns));
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
