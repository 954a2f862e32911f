package org.pyramidspark.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.report.html.Table;

/**
 * The finished runs whose output folders lie side by side in one folder. Nothing is kept for it: a
 * run is in the history as long as its output is there.
 *
 * @param runs in the order in which they started
 */
public record RunHistory(List<FinishedRun> runs) {
  private static final List<String> FIGURES =
      List.of(
          "/rows/total",
          "/rows/errors",
          "/throughput/total_seconds",
          "/throughput/rows_per_second",
          "/throughput/prefill_tokens_per_second",
          "/throughput/decode_tokens_per_second",
          "/kv/kept_fraction",
          "/rouge/rougeL");

  public RunHistory {
    runs = List.copyOf(runs);
  }

  /**
   * Reads the reports of all runs.
   *
   * @param folder that holds their output folders, on any of Hadoop's file systems
   * @throws InvalidInputException if it cannot be listed, or holds no finished run
   */
  public static RunHistory in(String folder, Configuration hadoop) {
    List<FinishedRun> runs = new ArrayList<>();
    try {
      Path path = new Path(folder);
      FileSystem fileSystem = path.getFileSystem(hadoop);
      for (FileStatus child : fileSystem.listStatus(path)) {
        Optional<Path> report =
            child.isDirectory()
                ? FinishedRun.report(fileSystem, child.getPath())
                : Optional.empty();
        if (report.isPresent()) {
          add(runs, child.getPath().getName(), fileSystem, report.get());
        }
      }
    } catch (FileNotFoundException missing) {
      throw new InvalidInputException(
          "Folder %s does not exist; give the folder that holds the output folders of runs."
              .formatted(folder),
          missing);
    } catch (IOException | IllegalArgumentException failure) {
      throw new InvalidInputException(
          "Folder %s cannot be listed (%s); give the folder that holds the output folders of runs."
              .formatted(
                  folder, String.valueOf(failure.getMessage()).lines().findFirst().orElse("")),
          failure);
    }
    if (runs.isEmpty()) {
      throw InvalidInputException.of(
          "Folder %s holds no output folder of a finished run of generate; give the folder in which"
              + " they lie side by side.",
          folder);
    }
    runs.sort(Comparator.comparing(FinishedRun::started).thenComparing(FinishedRun::name));
    return new RunHistory(runs);
  }

  /** Other jobs' reports, and what is no report at all, are passed over. */
  private static void add(List<FinishedRun> runs, String name, FileSystem fileSystem, Path report)
      throws IOException {
    try {
      FinishedRun run = new FinishedRun(name, FinishedRun.read(fileSystem, report));
      if (run.isOfGenerate()) {
        runs.add(run);
      }
    } catch (JsonProcessingException noReport) {
      return;
    }
  }

  /** A line for each run. */
  public Table table() {
    List<RunFigure> figures =
        RunFigure.all().stream().filter(figure -> FIGURES.contains(figure.pointer())).toList();
    List<Table.Column> columns =
        Stream.concat(
                Stream.of("Started", "Output", "Policy").map(Table.Column::text),
                figures.stream().map(figure -> Table.Column.number(figure.name())))
            .toList();
    return new Table("Runs", columns, runs.stream().map(run -> row(run, figures)).toList());
  }

  private static List<String> row(FinishedRun run, List<RunFigure> figures) {
    return Stream.concat(
            Stream.of(run.started(), run.name(), run.setting("policy")),
            figures.stream().map(figure -> figure.of(run)))
        .toList();
  }
}
