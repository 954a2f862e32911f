package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of {@code generate} through Spark's readers and writers. */
class TableJobTest {
  private static final int ROWS = 24;
  private static final List<String> WORDS =
      List.of("the", "mill", "quay", "burned", "river", "on", "Monday", "seven", "boats", "rain");

  @TempDir Path folder;
  private Path model;
  private Path input;
  private Path output;

  @BeforeEach
  void writeModel() {
    model = TestModel.write(folder);
    input = folder.resolve("in");
    output = folder.resolve("out");
  }

  private static <T> T withSpark(Function<SparkSession, T> use) {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("test")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate()) {
      return use.apply(spark);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Rows of key, body, lang, and a list. */
  private void writeTable(String format) {
    withSpark(
        spark -> {
          rows(spark).write().format(format).save(input.toString());
          return null;
        });
  }

  private static Dataset<Row> rows(SparkSession spark) {
    List<String> bodies =
        IntStream.range(0, ROWS)
            .mapToObj(
                row ->
                    "('k%02d', '%s', '%s', array(%d, 7))"
                        .formatted(row, body(row), row % 3 == 0 ? "de" : "en", row))
            .toList();
    return spark
        .sql(
            "SELECT * FROM VALUES %s AS t(key, body, lang, marks)"
                .formatted(String.join(",", bodies)))
        .repartition(2);
  }

  private static String body(int row) {
    return String.join(
        " ", IntStream.range(0, 12).mapToObj(i -> WORDS.get((row * 7 + i * i) % 10)).toList());
  }

  private List<String> arguments(Path to, int newTokens, String... more) {
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

  private CommandRun generate(String... more) {
    return CommandRun.generate(arguments(output, 4, more).toArray(String[]::new));
  }

  /** What rows of a table say, by id, without times; fails where one is there twice. */
  private static Map<String, String> read(Path table, String format) {
    return withSpark(
        spark -> {
          Map<String, String> rows = new TreeMap<>();
          spark
              .read()
              .format(format)
              .option("pathGlobFilter", "part-*")
              .load(table.toString())
              .select("id", "text", "finish_reason", "generated_tokens", "lang", "marks")
              .collectAsList()
              .forEach(
                  row -> {
                    if (rows.put(row.getString(0), row.toString()) != null) {
                      throw new AssertionError("Twice: " + row);
                    }
                  });
          return rows;
        });
  }

  private static String[] parquet(String... more) {
    return Stream.concat(
            Stream.of("--input-format", "parquet", "--columns", "id=key,prompt=body"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  @Test
  void aParquetTableBecomesLinesWithItsOtherColumns() throws IOException {
    writeTable("parquet");

    CommandRun run = generate(parquet("--partitions", "5"));

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
  }

  @Test
  void aDriverThatIsKilledGoesOnWhereItWas() throws Exception {
    writeTable("parquet");
    int newTokens = 1000;
    String[] asked =
        parquet(
            "--output-format",
            "parquet",
            "--output-option",
            "compression=gzip",
            "--partition-by",
            "lang");
    List<Path> before;
    String[] cut =
        Stream.concat(Stream.of(asked), Stream.of("--partitions", "8", "--master", "local[1]"))
            .toArray(String[]::new);
    try (GenerateProcess driver =
        GenerateProcess.start(folder.resolve("log"), arguments(output, newTokens, cut))) {
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
            arguments(
                    output,
                    newTokens,
                    Stream.concat(Stream.of(asked), Stream.of("--resume", "--partitions", "3"))
                        .toArray(String[]::new))
                .toArray(String[]::new));

    assertThat(run.exitCode()).as(run.err()).isZero();
    for (Path manifest : before) {
      assertThat(Files.getLastModifiedTime(manifest)).isEqualTo(committed.get(manifest));
    }
    Path undisturbed = folder.resolve("undisturbed");
    CommandRun.generate(arguments(undisturbed, newTokens, asked).toArray(String[]::new));
    assertThat(read(output, "parquet")).hasSize(ROWS).isEqualTo(read(undisturbed, "parquet"));
    assertThat(CommandRun.report(output).get("sessions")).hasSize(2);
    try (Stream<Path> files = Files.list(output.resolve("lang=en"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.matches("part-00000-[0-9a-f]{16}\\.gz\\.parquet"));
    }
  }

  @Test
  void partitionsBecomeFoldersAndLostFilesAreMadeAgain() throws IOException {
    writeTable("orc");
    String[] asked = {
      "--input-format",
      "orc",
      "--columns",
      "id=key,prompt=body",
      "--output-format",
      "orc",
      "--partition-by",
      "lang,finish_reason",
      "--partitions",
      "4"
    };
    assertThat(generate(asked).exitCode()).isZero();
    Map<String, String> rows = read(output, "orc");
    assertThat(rows).hasSize(ROWS);
    assertThat(output.resolve("lang=de/finish_reason=length")).isDirectory();
    RunFiles.unfinish(output, List.of(1));
    Path lost;
    try (Stream<Path> files = Files.list(output.resolve("lang=en/finish_reason=length"))) {
      lost =
          files.filter(file -> file.toString().endsWith(".orc")).sorted().findFirst().orElseThrow();
    }
    RunFiles.delete(lost);

    CommandRun run =
        generate(Stream.concat(Stream.of(asked), Stream.of("--resume")).toArray(String[]::new));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(read(output, "orc")).isEqualTo(rows);
    CommandRun again =
        generate(Stream.concat(Stream.of(asked), Stream.of("--overwrite")).toArray(String[]::new));
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(read(output, "orc")).isEqualTo(rows);
  }

  @Test
  void aTableThatHasChangedIsRefused() throws IOException {
    writeTable("parquet");
    assertThat(generate(parquet("--partitions", "4")).exitCode()).isZero();
    RunFiles.unfinish(output, List.of(1));
    withSpark(
        spark -> {
          rows(spark).limit(3).write().mode("append").parquet(input.toString());
          return null;
        });

    CommandRun run = generate(parquet("--resume"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("has changed", "--overwrite to begin anew");
    assertThat(generate(parquet("--resume", "--output-format", "orc")).err())
        .contains("output-format was not given and now is orc");
  }

  @Test
  void aDocumentAFileIsSummarised() throws IOException {
    Files.createDirectories(input);
    for (int i = 0; i < 3; i++) {
      Files.writeString(input.resolve(i + ".txt"), "line one\nline %d\n".formatted(i));
    }

    CommandRun run =
        generate(
            "--input-format", "text", "--option", "wholetext=true", "--instruction", "Say it.");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(RunFiles.rows(output)).hasSize(3);
  }

  @Test
  void linesOfCsvAndALimit() throws IOException {
    Files.writeString(input, "id;prompt;seeded\na;the mill;1\nb;;2\nc;the quay;3\n");

    CommandRun run =
        generate(
            "--input-format",
            "csv",
            "--option",
            "header=true",
            "--option",
            "sep=;",
            "--limit",
            "2");

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
          --input-format parquet --columns prompt=body --output-format jdbc | which writes no files
          --input-format parquet --columns prompt=body --partition-by town | output rows have none
          --input-format parquet --columns prompt=body --partition-by marks | cannot name folders
          --input-format table --columns prompt=body | cannot be read as table
          --output-format parquet | give --input-format, too
          """)
  void whatDoesNotServeIsOneSentence(String asked, String told) {
    writeTable("parquet");

    CommandRun run = generate(asked.split(" "));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.err()).contains(told);
    assertThat(output).doesNotExist();
  }
}
