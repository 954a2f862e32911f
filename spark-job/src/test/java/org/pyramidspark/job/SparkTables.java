package org.pyramidspark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tables that jobs read, and what Spark reads in those that they wrote. */
final class SparkTables {
  static final int ROWS = 24;

  private static final List<String> WORDS =
      List.of("the", "mill", "quay", "burned", "river", "on", "Monday", "seven", "boats", "rain");

  private SparkTables() {}

  /** Uses a session that ends before a job begins its own. */
  static <T> T withSpark(Function<SparkSession, T> use) {
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

  /** Rows of key, body, lang, day and a list, in two partitions. */
  static Dataset<Row> rows(SparkSession spark) {
    List<String> rows =
        IntStream.range(0, ROWS)
            .mapToObj(
                row ->
                    "('k%02d', '%s', '%s', date '2026-11-%02d', array(%d, 7))"
                        .formatted(row, body(row), row % 3 == 0 ? "de" : "en", 1 + row % 2, row))
            .toList();
    return spark
        .sql(
            "SELECT * FROM VALUES %s AS t(key, body, lang, day, marks)"
                .formatted(String.join(",", rows)))
        .repartition(2);
  }

  private static String body(int row) {
    return String.join(
        " ", IntStream.range(0, 12).mapToObj(i -> WORDS.get((row * 7 + i * i) % 10)).toList());
  }

  /**
   * What the rows of an output say, by id, without times; fails where one is there twice. Read as
   * anybody would read it.
   *
   * @param columns that are told beside the completion
   */
  static Map<String, String> read(Object table, String format, String... columns) {
    return withSpark(
        spark -> {
          Map<String, String> rows = new TreeMap<>();
          spark
              .read()
              .format(format)
              .option("header", true)
              .load(table.toString())
              .selectExpr(
                  Stream.concat(
                          Stream.of("id", "text", "finish_reason", "string(generated_tokens)"),
                          Stream.of(columns))
                      .toArray(String[]::new))
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
}
