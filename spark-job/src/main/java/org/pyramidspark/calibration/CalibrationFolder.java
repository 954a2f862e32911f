package org.pyramidspark.calibration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The folder of one calibration. It keeps the trials of every round, so that one that was stopped
 * goes on where it was; {@code question.json} says what was asked, and a folder of another question
 * is refused. A file appears whole or not at all. Used by the driver, by one thread.
 */
public final class CalibrationFolder {
  private static final String QUESTION = "question.json";
  private static final String TRIALS = "trials-%s.jsonl";
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final FileSystem fileSystem;
  private final Path folder;

  private CalibrationFolder(FileSystem fileSystem, Path folder) {
    this.fileSystem = fileSystem;
    this.folder = folder;
  }

  /**
   * Makes the folder, or opens that of a calibration that was stopped.
   *
   * @param question everything that the trials depend on, by option
   * @throws InvalidInputException if it cannot be made, holds something else, or was another
   *     question's
   */
  public static CalibrationFolder open(
      String path, Map<String, String> question, Configuration hadoop) {
    try {
      Path given = new Path(path);
      FileSystem fileSystem = given.getFileSystem(hadoop);
      CalibrationFolder folder = new CalibrationFolder(fileSystem, fileSystem.makeQualified(given));
      folder.begin(path, question);
      return folder;
    } catch (IOException | IllegalArgumentException failure) {
      throw new InvalidInputException(
          "Folder %s cannot be written (%s); give a folder that this user may create."
              .formatted(path, failure.getMessage()),
          failure);
    }
  }

  private void begin(String path, Map<String, String> question) throws IOException {
    Optional<String> before = read(QUESTION);
    if (before.isPresent()) {
      checkSame(path, before.get(), question);
    } else if (fileSystem.exists(folder)
        && (!fileSystem.getFileStatus(folder).isDirectory()
            || fileSystem.listStatus(folder).length > 0)) {
      throw InvalidInputException.of(
          "%s is there and is no calibration's folder; give another, or that of a calibration that"
              + " was stopped.",
          path);
    } else {
      write(QUESTION, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(question));
    }
  }

  private static void checkSame(String path, String before, Map<String, String> question) {
    Map<String, String> asked;
    try {
      asked = JSON.readValue(before, new TypeReference<>() {});
    } catch (JsonProcessingException damaged) {
      throw new InvalidInputException(
          "%s/%s is damaged (%s); give another folder."
              .formatted(path, QUESTION, damaged.getOriginalMessage()),
          damaged);
    }
    TreeSet<String> keys = new TreeSet<>(asked.keySet());
    keys.addAll(question.keySet());
    for (String key : keys) {
      if (!Objects.equals(asked.get(key), question.get(key))) {
        throw InvalidInputException.of(
            "The calibration in %s was begun with %s %s, and now it is %s; give the same to go on,"
                + " or another folder.",
            path, key, asked.get(key), question.get(key));
      }
    }
  }

  /**
   * The trials of a round that is done.
   *
   * @throws InvalidInputException if its file is damaged
   */
  public Optional<List<RowTrial>> trials(String round) throws IOException {
    Optional<String> text = read(TRIALS.formatted(round));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    List<RowTrial> trials = new ArrayList<>();
    for (String line : text.get().lines().toList()) {
      try {
        trials.add(JSON.readValue(line, RowTrial.class));
      } catch (JsonProcessingException damaged) {
        throw damaged(new Path(folder, TRIALS.formatted(round)), damaged);
      }
    }
    return Optional.of(trials);
  }

  private static InvalidInputException damaged(Path file, IOException why) {
    return new InvalidInputException(
        "%s is damaged (%s); delete it, and what it held is made again."
            .formatted(
                shown(file), String.valueOf(why.getMessage()).lines().findFirst().orElse("")),
        why);
  }

  /** Keeps a round's trials. */
  public void keep(String round, List<RowTrial> trials) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (RowTrial trial : trials) {
      lines.append(JSON.writeValueAsString(trial)).append('\n');
    }
    write(TRIALS.formatted(round), lines.toString());
  }

  private Optional<String> read(String name) throws IOException {
    Path file = new Path(folder, name);
    if (!fileSystem.exists(file)) {
      return Optional.empty();
    }
    try (var stream = fileSystem.open(file)) {
      return Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (ChecksumException damaged) {
      throw damaged(file, damaged);
    }
  }

  /** Writes a file, or replaces it. */
  public void write(String name, String text) throws IOException {
    Path unfinished = new Path(folder, "." + name + ".unfinished");
    try (FSDataOutputStream stream = fileSystem.create(unfinished, true)) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    }
    Path file = new Path(folder, name);
    fileSystem.delete(file, false);
    if (!fileSystem.rename(unfinished, file)) {
      throw new IOException("%s could not be renamed to %s".formatted(unfinished, file));
    }
  }

  /** A file's path, as a user would write it. */
  public String pathOf(String name) {
    return shown(new Path(folder, name));
  }

  private static String shown(Path file) {
    return "file".equals(file.toUri().getScheme()) ? file.toUri().getPath() : file.toString();
  }
}
