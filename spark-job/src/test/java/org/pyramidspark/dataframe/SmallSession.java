package org.pyramidspark.dataframe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.job.GenerateCommand;
import org.pyramidspark.job.JobCommands;

/**
 * A real Spark session on two cores, a tiny model, prompts, and what the command {@code generate}
 * makes of them.
 */
public final class SmallSession implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rows of {@link #prompts()}. */
  public static final int NUM_PROMPTS = 60;

  /** The most tokens that a completion has, unless a test says otherwise. */
  public static final int MAX_NEW_TOKENS = 6;

  private final Path folder;
  private final Path model;
  private final Map<String, JsonNode> byCommand;
  private final SparkSession spark;
  private final CompletedRows completed;

  private SmallSession(Path folder, String extensions) throws IOException {
    this.folder = folder;
    this.model = model(folder);
    this.byCommand = byCommand(folder, corpus(folder));
    this.spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("small session")
            .config("spark.ui.enabled", false)
            .config("spark.sql.extensions", extensions)
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate();
    this.completed = new CompletedRows(spark.sparkContext());
    spark.sparkContext().addSparkListener(completed);
  }

  public static SmallSession start(Path folder) throws IOException {
    return new SmallSession(folder, "");
  }

  /** One that has the SQL functions. */
  public static SmallSession startWithFunctions(Path folder) throws IOException {
    return new SmallSession(folder, "org.pyramidspark.sql.PyramidExtensions");
  }

  private static String line(int number) {
    ObjectNode row = JSON.createObjectNode().put("id", "row-" + number).put("number", number);
    return row.put("prompt", "Story %d: the river rose and %d boats".formatted(number, number * 7))
        .toString();
  }

  private static Path model(Path folder) {
    return TinyModel.standard().write(folder.resolve("model.gguf"));
  }

  /** The prompts as a file. */
  static Path corpus(Path folder) throws IOException {
    Path corpus = Files.createDirectories(folder.resolve("corpus")).resolve("prompts.jsonl");
    return Files.write(
        corpus, IntStream.range(0, NUM_PROMPTS).mapToObj(SmallSession::line).toList());
  }

  /** The rows that the command writes for a corpus, by id; while there is no session. */
  static Map<String, JsonNode> byCommand(Path folder, Path corpus, String... more)
      throws IOException {
    Path output = folder.resolve("out-" + corpus.getFileName() + more.length);
    List<String> arguments = new ArrayList<>(List.of("--master", "local[2]"));
    arguments.addAll(List.of("--model", model(folder).toString(), "--input", corpus.toString()));
    arguments.addAll(List.of("--output", output.toString(), "--report-rows", "0"));
    arguments.addAll(List.of("--max-new-tokens", "" + MAX_NEW_TOKENS));
    arguments.addAll(List.of(more));
    StringWriter said = new StringWriter();
    JobCommands.commandLine(new GenerateCommand())
        .setOut(new PrintWriter(said))
        .setErr(new PrintWriter(said))
        .execute(arguments.toArray(String[]::new));
    Map<String, JsonNode> rows = new TreeMap<>();
    try (Stream<Path> parts = Files.list(output)) {
      for (Path part : parts.filter(file -> file.toString().endsWith(".jsonl")).toList()) {
        for (String text : Files.readAllLines(part)) {
          JsonNode row = JSON.readTree(text);
          rows.put(row.get("id").asText(), row);
        }
      }
    }
    return rows;
  }

  public SparkSession spark() {
    return spark;
  }

  public Path folder() {
    return folder;
  }

  public Path model() {
    return model;
  }

  /**
   * A column {@code id}, a column {@code number} and a column {@code prompt}, in two partitions.
   */
  public Dataset<Row> prompts() {
    return spark
        .read()
        .schema("id string, number int, prompt string")
        .json(folder.resolve("corpus").toString())
        .repartition(2);
  }

  /** What the command has written for a row of {@link #prompts()}. */
  public JsonNode byCommand(String id) {
    return byCommand.get(id);
  }

  public GenerateSettings settings() {
    return GenerateSettings.ofModel(model.toString()).with("max_new_tokens", MAX_NEW_TOKENS);
  }

  /** What tasks have completed since the session started. */
  public CompletedRows completed() {
    return completed;
  }

  @Override
  public void close() {
    spark.stop();
  }
}
