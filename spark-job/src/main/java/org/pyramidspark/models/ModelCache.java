package org.pyramidspark.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.pyramidspark.checkpoint.FileDigest;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.checkpoint.StoreLock;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.Machine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models of remote file systems in a folder of this host, each named by its SHA-256: copied once,
 * checked by its hash whenever it is asked for, and never seen half-written. Safe among threads and
 * processes: of those that want a URI one copies, while the others wait.
 */
public final class ModelCache {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

  private final Path folder;
  private final Configuration hadoop;

  /**
   * @param folder made when needed
   * @param hadoop settings of the file systems
   */
  public ModelCache(Path folder, Configuration hadoop) {
    this.folder = folder;
    this.hadoop = hadoop;
  }

  /** {@code remote/} in the folder of {@link ModelStore#standard()}. */
  static ModelCache standard(Configuration hadoop) {
    return new ModelCache(ModelStore.standard().folder().resolve("remote"), hadoop);
  }

  /**
   * With the scheme and authority that executors, whose default may be another, must see.
   *
   * @throws InvalidInputException if there is no such file system
   */
  static URI qualified(URI uri, Configuration hadoop) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(uri);
    try {
      return path.getFileSystem(hadoop).makeQualified(path).toUri();
    } catch (IOException | RuntimeException unreachable) {
      throw unreadable(uri, unreachable);
    }
  }

  /**
   * This host's copy of whatever a URI holds now.
   *
   * @throws InvalidInputException if it cannot be copied
   */
  public Path file(URI uri) {
    return locked(
        uri,
        key -> {
          String version = version(uri);
          Path known = folder.resolve(key + ".version");
          if (Files.isRegularFile(known)) {
            String[] words = Files.readString(known).split("\n");
            if (words.length == 2 && words[0].equals(version) && isWhole(words[1])) {
              return copy(words[1]);
            }
          }
          String sha256 = fetch(uri, key, Optional.empty());
          Path temporary = temporary(key);
          Files.writeString(temporary, version + "\n" + sha256);
          move(temporary, known);
          return copy(sha256);
        });
  }

  /**
   * This host's copy of a certain file.
   *
   * @param sha256 what it must have
   * @throws InvalidInputException if it cannot be copied, or the URI holds another file
   */
  public Path file(URI uri, String sha256) {
    // Whoever finds it whole needs no lock: copies only ever take the place of damaged ones.
    return isWhole(sha256)
        ? copy(sha256)
        : locked(
            uri,
            key -> {
              if (!isWhole(sha256)) {
                fetch(uri, key, Optional.of(sha256));
              }
              return copy(sha256);
            });
  }

  private interface Fetch {
    Path run(String key) throws IOException;
  }

  private Path locked(URI uri, Fetch fetch) {
    String key = digest(uri.toString());
    try {
      Files.createDirectories(folder);
      try (StoreLock lock =
          StoreLock.on(
              folder.resolve(key + ".lock"),
              () -> LOG.info("Waiting for another process that copies {}", uri))) {
        removeTemporaries(key);
        return fetch.run(key);
      }
    } catch (IOException failure) {
      throw new InvalidInputException(
          "Model %s cannot be stored in %s on host %s (%s); make room and allow writing there, or set PYRAMID_CACHE to another folder."
              .formatted(uri, folder, host(), failure),
          failure);
    }
  }

  private boolean isWhole(String sha256) {
    Path file = copy(sha256);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    boolean whole = new FileDigest(file).sha256().equals(sha256);
    if (!whole) {
      LOG.warn("{} is damaged and is copied again", file);
    }
    return whole;
  }

  private Path copy(String sha256) {
    return folder.resolve(sha256 + ".gguf");
  }

  /** Copies what a URI holds now, and gives its hash. */
  private String fetch(URI uri, String key, Optional<String> wanted) throws IOException {
    LOG.info("Copying {} into {}", uri, folder);
    Path temporary = temporary(key);
    try {
      MessageDigest digest = sha256();
      try (InputStream in = new DigestInputStream(open(uri), digest)) {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      }
      String found = HexFormat.of().formatHex(digest.digest());
      if (wanted.isPresent() && !wanted.get().equals(found)) {
        throw InvalidInputException.of(
            "Model %s has SHA-256 %s as host %s reads it, but %s where the job was started; do not"
                + " replace a model while a job uses it.",
            uri, found, host(), wanted.get());
      }
      move(temporary, copy(found));
      return found;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private InputStream open(URI uri) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(uri);
    try {
      return path.getFileSystem(hadoop).open(path);
    } catch (IOException | RuntimeException failure) {
      throw unreadable(uri, failure);
    }
  }

  /** Changes whenever the file does. */
  private String version(URI uri) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(uri);
    try {
      FileSystem system = path.getFileSystem(hadoop);
      FileStatus status = system.getFileStatus(path);
      return "%d bytes of %d".formatted(status.getLen(), status.getModificationTime());
    } catch (IOException | RuntimeException failure) {
      throw unreadable(uri, failure);
    }
  }

  private static InvalidInputException unreadable(URI uri, Exception failure) {
    return new InvalidInputException(
        "Model %s cannot be read on host %s (%s); give a file that every host can read."
            .formatted(uri, host(), failure),
        failure);
  }

  private Path temporary(String key) {
    return folder.resolve(key + ".copying");
  }

  /** Left behind by a process that was killed; nobody uses it while the lock is held. */
  private void removeTemporaries(String key) throws IOException {
    Files.deleteIfExists(temporary(key));
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String host() {
    return Machine.here().host();
  }

  private static String digest(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
