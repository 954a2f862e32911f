package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pyramidspark.job.SparkTables.ROWS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.report.RunReport;
import picocli.CommandLine;

/** Runs of {@code generate} through Spark's readers and writers. */
class TableJobTest {
  @TempDir static Path tables;

  @TempDir Path folder;
  private Path model;
  private Path output;

  @BeforeAll
  static void writeTables() {
    SparkTables.withSpark(
        spark -> {
          for (String format : List.of("parquet", "orc", "json")) {
            Dataset<Row> rows = SparkTables.rows(spark);
            rows.write().format(format).save(tables.resolve(format).toString());
          }
          return null;
        });
  }

  @BeforeEach
  void writeModel() {
    model = TestModel.write(folder);
    output = folder.resolve("out");
  }

  private List<String> arguments(Object input, Path to, int newTokens, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                input.toString(),
                "--output",
                to.toString(),
                "--policy",
                "full",
                "--ignore-eos",
                "--max-new-tokens",
                Integer.toString(newTokens)));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--master")) {
      arguments.addAll(List.of("--master", "local[2]"));
    }
    return arguments;
  }

  private CommandRun generate(Object input, String... more) {
    return CommandRun.generate(arguments(input, output, 4, more).toArray(String[]::new));
  }

  private static Map<String, String> read(Path table, String format) {
    return SparkTables.read(table, format, "lang", "string(day)", "marks");
  }

  private static String[] as(String format, String... more) {
    return and(new String[] {"--input-format", format, "--columns", "id=key,prompt=body"}, more);
  }

  private static String[] and(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aParquetTableBecomesLinesWithItsOtherColumns() throws IOException {
    CommandRun run = generate(tables.resolve("parquet"), as("parquet", "--partitions", "5"));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(RunFiles.rows(output)).hasSize(ROWS).containsKeys("k00", "k23");
    assertThat(RunFiles.parts(output)).hasSizeBetween(5, 7);
    assertThat(CommandRun.rows(output))
        .allSatisfy(
            row -> {
              assertThat(row.has("body")).isFalse();
              assertThat(row.get("error").isNull()).isTrue();
              assertThat(row.get("marks").get(0).asInt())
                  .isEqualTo(Integer.parseInt(row.get("id").asText().substring(1)));
            });
    assertThat(CommandRun.report(output).at("/rows/total").asInt()).isEqualTo(ROWS);
    assertThat(CommandRun.report(output).at("/engines")).isNotEmpty();
    assertThat(CommandRun.report(output).at("/sampled_rows")).hasSize(5);
    assertThat(read(output, "json")).as("as Spark reads it").hasSize(ROWS);
  }

  @Test
  void aDriverThatIsKilledGoesOnWhereItWas() throws Exception {
    Path input = tables.resolve("parquet");
    int newTokens = 1000;
    String[] asked =
        as(
            "parquet",
            "--output-format",
            "parquet",
            "--output-option",
            "compression=gzip",
            "--partition-by",
            "lang");
    List<Path> before;
    try (GenerateProcess driver =
        GenerateProcess.start(
            folder.resolve("log"),
            arguments(
                input,
                output,
                newTokens,
                and(asked, "--partitions", "8", "--master", "local[1]")))) {
      driver.awaitCommits(output, 2);
      driver.kill();
      before = RunFiles.wholeManifests(output);
    }
    assertThat(before).hasSizeBetween(2, 7);
    Map<Path, Object> committed = new HashMap<>();
    for (Path manifest : before) {
      committed.put(manifest, Files.getLastModifiedTime(manifest));
    }

    CommandRun run =
        CommandRun.generate(
            arguments(input, output, newTokens, and(asked, "--resume", "--partitions", "3"))
                .toArray(String[]::new));

    assertThat(run.exitCode()).as(run.err()).isZero();
    for (Path manifest : before) {
      assertThat(Files.getLastModifiedTime(manifest)).isEqualTo(committed.get(manifest));
    }
    Path undisturbed = folder.resolve("undisturbed");
    CommandRun.generate(arguments(input, undisturbed, newTokens, asked).toArray(String[]::new));
    assertThat(read(output, "parquet")).hasSize(ROWS).isEqualTo(read(undisturbed, "parquet"));
    assertThat(CommandRun.report(output).get("sessions")).hasSize(2);
    assertThat(RunFiles.tableParts(output))
        .allSatisfy(
            part ->
                assertThat(output.relativize(part).toString())
                    .matches("lang=(de|en)/part-\\d{5}-[0-9a-f]{16}\\.gz\\.parquet"));
  }

  @Test
  void partitionsBecomeFoldersAndLostFilesAreMadeAgain() throws IOException {
    Path input = tables.resolve("orc");
    String[] asked =
        as("orc", "--output-format", "orc", "--partition-by", "day,lang", "--partitions", "4");
    assertThat(generate(input, asked).exitCode()).isZero();
    Map<String, String> rows = read(output, "orc");
    assertThat(rows).hasSize(ROWS);
    int parts = RunFiles.tableParts(output).size();
    RunFiles.unfinish(output, List.of(1));
    RunFiles.delete(
        RunFiles.tableParts(output.resolve("day=2026-11-02/lang=en")).stream()
            .filter(part -> part.getFileName().toString().startsWith("part-00002-"))
            .findFirst()
            .orElseThrow());

    CommandRun run = generate(input, and(asked, "--resume"));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(read(output, "orc")).isEqualTo(rows);
    assertThat(RunFiles.tableParts(output)).hasSize(parts);
    CommandRun again = generate(input, and(asked, "--overwrite"));
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(read(output, "orc")).isEqualTo(rows);
  }

  @Test
  void linesOfJsonKeepTheirOtherColumnsAndMayBeCompressed() throws IOException {
    CommandRun run =
        generate(tables.resolve("json"), as("json", "--output-option", "compression=gzip"));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(read(output, "json")).hasSize(ROWS).isEqualTo(fromParquet());
    assertThat(RunFiles.tableParts(output))
        .allSatisfy(part -> assertThat(part.toString()).endsWith(".jsonl.gz"));
  }

  /** The same rows, by way of another format. */
  private Map<String, String> fromParquet() {
    Path other = folder.resolve("other");
    String[] asked = as("parquet", "--output-format", "parquet");
    CommandRun.generate(
        arguments(tables.resolve("parquet"), other, 4, asked).toArray(String[]::new));
    return read(other, "parquet");
  }

  @Test
  void aCorpusOfLinesBecomesATable() throws IOException {
    Path corpus = SmallCorpus.write(folder.resolve("corpus"));

    CommandRun run =
        generate(corpus, "--output-format", "parquet", "--partition-by", "finish_reason");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobCommands.ERROR_ROWS);
    assertThat(SparkTables.read(output, "parquet", "seed", "error IS NULL").keySet())
        .hasSize(SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size())
        .containsAll(SmallCorpus.GOOD_IDS)
        .containsAll(SmallCorpus.BAD_IDS);
    assertThat(output.resolve("finish_reason=error")).isDirectory();
    assertThat(output.resolve("_pyramid/report.html")).isRegularFile();
    assertThat(generate(corpus, "--output-format", "orc", "--resume").err())
        .contains("output-format was parquet and now is orc");
  }

  @Test
  void aRunReadsWhatAnotherHasWritten() throws IOException {
    String[] asked = as("parquet", "--output-format", "parquet", "--extra-columns", "body,lang");
    assertThat(generate(tables.resolve("parquet"), asked).exitCode()).isZero();
    assertThat(SparkTables.read(output, "parquet", "body", "lang")).hasSize(ROWS);
    Path second = folder.resolve("second");
    List<String> again =
        arguments(output, second, 4, "--input-format", "parquet", "--columns", "id=id,prompt=body");
    assertThat(CommandRun.generate(again.toArray(String[]::new)).err())
        .contains("which is the name of a column of the output", "--extra-columns");

    again.addAll(List.of("--extra-columns", "none"));
    CommandRun run = CommandRun.generate(again.toArray(String[]::new));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(CommandRun.rows(second))
        .hasSize(ROWS)
        .allSatisfy(row -> assertThat(row.has("body")).isFalse());
  }

  @Test
  void aTableOfTheCatalogIsReadByItsName() {
    GenerateCommand asked =
        CommandLine.populateCommand(
            new GenerateCommand(),
            arguments(
                    "mills",
                    output,
                    4,
                    as("table", "--output-format", "parquet", "--limit", "9", "--partitions", "2"))
                .toArray(String[]::new));
    SparkTables.withSpark(
        spark -> {
          SparkTables.rows(spark)
              .write()
              .option("path", folder.resolve("mills").toString())
              .saveAsTable("mills");
          return job(spark, asked.options());
        });

    assertThat(read(output, "parquet")).hasSize(9);
  }

  private static RunReport job(SparkSession spark, GenerateOptions options) {
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      return new GenerateJob(context, options, GenerateJob.Console.standard()).run().orElseThrow();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void aTableThatHasChangedIsRefused() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    for (Path part : RunFiles.tableParts(tables.resolve("parquet"))) {
      Files.copy(part, input.resolve(part.getFileName()));
    }
    assertThat(generate(input, as("parquet", "--partitions", "4")).exitCode()).isZero();
    RunFiles.unfinish(output, List.of(1));
    Path more = RunFiles.tableParts(tables.resolve("parquet")).getFirst();
    Files.copy(more, input.resolve("part-more.parquet"));

    CommandRun run = generate(input, as("parquet", "--resume"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("has changed", "--overwrite to begin anew");
    assertThat(generate(input, as("parquet", "--resume", "--output-format", "orc")).err())
        .contains("output-format was not given and now is orc");
  }

  @Test
  void aDocumentAFileIsSummarised() throws IOException {
    Path input = Files.createDirectories(folder.resolve("in"));
    for (int i = 0; i < 3; i++) {
      Files.writeString(input.resolve(i + ".txt"), "line one\nline %d\n".formatted(i));
    }

    CommandRun run =
        generate(
            input, "--input-format", "text", "--option", "wholetext=true", "--instruction", "Say.");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(RunFiles.rows(output)).hasSize(3);
  }

  @Test
  void linesOfCsvAndALimit() throws IOException {
    Path input = folder.resolve("in.csv");
    Files.writeString(input, "id;prompt;seeded\na;the mill;1\nb;;2\nc;the quay;3\n");
    String[] asked = {"--input-format", "csv", "--option", "header=true", "--option", "sep=;"};

    CommandRun run = generate(input, and(asked, "--limit", "2"));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(RunFiles.rows(output)).containsOnlyKeys("a", "b");
    assertThat(RunFiles.rows(output).get("b")).contains("Partition 0, row 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --input-format parquett | no format of that name is registered
          --input-format java.lang.String | no format of that name is registered
          --input-format parquet --columns body=prompt | names a column for body; give one of
          --input-format parquet --columns prompt=nothing | the input has no such column; its columns are
          --input-format parquet --columns prompt=body,reference=marks | is of type array<int>
          --input-format parquet | name one of them by --columns prompt=COLUMN
          --input-format parquet --columns prompt=body --output-format csv | cannot hold the column marks
          --input-format parquet --columns prompt=body --output-format text | cannot hold
          --input-format parquet --columns prompt=body --output-option compression=zip | zip
          --output-format parquet --output-option compression=zip | zip
          --input-format parquet --columns prompt=body --output-format jdbc | which writes no files
          --input-format parquet --columns prompt=body --partition-by town | output rows have none
          --input-format parquet --columns prompt=body --partition-by marks | cannot name folders
          --input-format parquet --columns prompt=body --extra-columns town | the input has none
          --input-format table --columns prompt=body | cannot be read as table
          --partition-by lang | give --output-format, too
          --columns prompt=body | give --input-format, too
          --input-format parquet --format leval | leave out --format
          """)
  void whatDoesNotServeIsOneSentence(String asked, String told) {
    CommandRun run = generate(tables.resolve("parquet"), asked.split(" "));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.err()).contains(told);
    assertThat(output).doesNotExist();
  }
}
