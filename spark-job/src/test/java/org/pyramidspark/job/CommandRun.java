package org.pyramidspark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A command run as a user runs it, in this JVM.
 *
 * @param exitCode what it ended with
 * @param out what it printed
 * @param err what it complained about
 */
record CommandRun(int exitCode, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static CommandRun generate(String... arguments) {
    return run(new GenerateCommand(), arguments);
  }

  static CommandRun compare(String... arguments) {
    return run(new CompareCommand(), arguments);
  }

  static CommandRun calibrate(String... arguments) {
    return run(new CalibrateCommand(), arguments);
  }

  static CommandRun benchmark(String... arguments) {
    return run(new BenchmarkCommand(), arguments);
  }

  static CommandRun evaluate(String... arguments) {
    return run(new EvaluateCommand(), arguments);
  }

  private static CommandRun run(Object job, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        JobCommands.commandLine(job).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new CommandRun(command.execute(arguments), out.toString(), err.toString());
  }

  /** All rows of an output folder, by part. */
  static List<JsonNode> rows(Path output) throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      return files
          .filter(
              file -> file.getFileName().toString().matches("part-\\d{5}(-[0-9a-f]{16})?\\.jsonl"))
          .sorted()
          .flatMap(CommandRun::lines)
          .map(CommandRun::json)
          .toList();
    }
  }

  static JsonNode report(Path output) throws IOException {
    Path report = output.resolve("report.json");
    return JSON.readTree(
        (Files.exists(report) ? report : output.resolve("_pyramid/report.json")).toFile());
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
