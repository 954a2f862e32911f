package org.pyramidspark.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelLocationTest {
  private static final SparkConf CONF =
      new SparkConf(false)
          .set("spark.files", "/models/a.gguf,hdfs://host/models/b.gguf")
          .set("spark.yarn.dist.files", "file:/models/c.gguf#d.gguf");

  @ParameterizedTest
  @CsvSource({
    "hdfs://host:8020/m/a.gguf, Remote, hdfs://host:8020/m/a.gguf",
    "hdfs:///m/a.gguf, Remote, hdfs:/m/a.gguf",
    "s3a://bucket/a b.gguf, Remote, s3a://bucket/a b.gguf",
    "file:///m/a.gguf, OnEveryHost, /m/a.gguf",
    "/m/a.gguf, OnEveryHost, /m/a.gguf",
    "./a.gguf, OnEveryHost, -",
    "other.gguf, OnEveryHost, -",
    "a.gguf, WithFiles, a.gguf",
    "b.gguf, WithFiles, b.gguf",
    "c.gguf, OnEveryHost, -",
    "d.gguf, WithFiles, d.gguf",
  })
  void whatIsGivenSaysWhereItIs(String given, String kind, String text) {
    ModelLocation location = ModelLocation.of(given, SentFiles.of(CONF).byName());
    assertThat(location.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(location)
        .hasToString(text.equals("-") ? Path.of(given).toAbsolutePath().toString() : text);
    assertThat(ModelLocation.parse(location.toString())).isEqualTo(location);
  }
}
