package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables on HDFS, with its real servers. */
class HdfsTableTest {
  @TempDir static java.nio.file.Path folder;
  private static MiniDFSCluster hdfs;
  private static FileSystem files;

  @BeforeAll
  static void start() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    files = hdfs.getFileSystem();
    SparkTables.withSpark(
        spark -> {
          SparkTables.rows(spark).write().parquet(path("in"));
          return null;
        });
  }

  @AfterAll
  static void stop() {
    hdfs.close();
  }

  private static String path(String name) {
    return files.makeQualified(new Path("/" + name)).toString();
  }

  private static CommandRun generate(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--model", TestModel.write(folder).toString(), "--input"));
    arguments.addAll(List.of(path("in"), "--input-format", "parquet"));
    arguments.addAll(List.of("--columns", "id=key,prompt=body", "--output", path("out")));
    arguments.addAll(List.of("--output-format", "parquet", "--partition-by", "day"));
    arguments.addAll(List.of("--partitions", "4", "--max-new-tokens", "4", "--ignore-eos"));
    arguments.addAll(List.of("--master", "local[2]"));
    arguments.addAll(List.of(more));
    return CommandRun.generate(arguments.toArray(String[]::new));
  }

  private static List<String> parts() throws IOException {
    List<String> parts = new ArrayList<>();
    for (FileStatus part : files.globStatus(new Path("/out/day=*/part-*"))) {
      parts.add(part.getPath().toString());
    }
    return parts;
  }

  @Test
  void aRunFromHdfsToHdfsIsGoneOnWith() throws IOException {
    CommandRun run = generate();
    assertThat(run.exitCode()).as(run.err()).isZero();
    Map<String, String> rows = read();
    assertThat(rows).hasSize(SparkTables.ROWS);
    List<String> parts = parts();
    files.delete(new Path("/out/_SUCCESS"), false);
    files.delete(new Path("/out/_pyramid/commits/00001.json"), false);
    files.delete(new Path(lastOf(parts)), false);

    CommandRun resumed = generate("--resume");

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(read()).isEqualTo(rows);
    assertThat(parts()).hasSameSizeAs(parts).isNotEqualTo(parts);
    assertThat(files.exists(new Path("/out/_pyramid/report.json"))).isTrue();
  }

  private static Map<String, String> read() {
    return SparkTables.read(path("out"), "parquet", "lang", "string(day)", "marks");
  }

  private static String lastOf(List<String> parts) {
    return parts.stream().filter(part -> !part.contains("part-00001-")).toList().getLast();
  }
}
