package org.pyramidspark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.pyramidspark.cache.Policies;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: {@code generate} on the sample corpus, with a model that is fetched for it. */
@Command(
    name = "demo",
    description = "Fetches a small model and summarises the sample corpus with it on Spark.",
    sortOptions = false)
public final class DemoCommand implements Callable<Integer> {
  private final Supplier<Path> model;
  private final Path sample;

  @Spec private CommandSpec spec;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "demo-output",
      description =
          "Where to write; an earlier run's output is replaced (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--master",
      paramLabel = "URL",
      defaultValue = "local[*]",
      description = "Spark's master (default: ${DEFAULT-VALUE}).")
  private String master;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "The most tokens of a summary (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  private boolean help;

  /**
   * @param model gives the model's file, fetching it if need be
   * @param sample the folder of the sample corpus
   */
  public DemoCommand(Supplier<Path> model, Path sample) {
    this.model = model;
    this.sample = sample;
  }

  @Override
  public Integer call() throws IOException {
    List<String> arguments =
        List.of(
            "--model",
            model.get().toString(),
            "--input",
            sample.toString(),
            "--output",
            output.toString(),
            "--policy",
            Policies.DEFAULT,
            "--max-new-tokens",
            Integer.toString(maxNewTokens),
            "--master",
            master,
            "--overwrite");
    PrintWriter out = spec.commandLine().getOut();
    out.println("The same as: pyramid-spark generate " + String.join(" ", arguments));
    out.flush();
    CommandLine generate =
        JobCommands.commandLine(new GenerateCommand())
            .setOut(out)
            .setErr(spec.commandLine().getErr());
    int exitCode = generate.execute(arguments.toArray(String[]::new));
    if (exitCode == JobCommands.OK || exitCode == JobCommands.ERROR_ROWS) {
      printResult(out);
    }
    return exitCode;
  }

  private void printResult(PrintWriter out) throws IOException {
    firstCompletion()
        .ifPresent(
            row -> out.printf("%n%s:%n%s%n", row.get("id").asText(), row.get("text").asText()));
    out.printf("%nThe report is in %s%n", output.resolve("report.html").toAbsolutePath());
  }

  private Optional<JsonNode> firstCompletion() throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      List<Path> parts =
          files.filter(file -> file.getFileName().toString().startsWith("part-")).sorted().toList();
      for (Path part : parts) {
        try (BufferedReader lines = Files.newBufferedReader(part)) {
          String line = lines.readLine();
          if (line != null) {
            return Optional.of(new JsonMapper().readTree(line));
          }
        }
      }
    }
    return Optional.empty();
  }
}
