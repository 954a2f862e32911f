package org.pyramidspark.commit;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The folder of the manifests, one for each committed split. A manifest is created only where none
 * is, and written in one go; one whose writer was killed is no JSON, counts as not there, and gives
 * way to the next. Thread-safe.
 *
 * @param folder of the manifests
 */
record Manifests(FileSystem fileSystem, Path folder) {
  private static final Pattern NAME = Pattern.compile("(\\d{5,})\\.json");

  private Path file(int split) {
    return new Path(folder, "%05d.json".formatted(split));
  }

  /** The splits that have a manifest, which may not be whole. */
  BitSet splits() throws IOException {
    BitSet splits = new BitSet();
    if (!fileSystem.exists(folder)) {
      return splits;
    }
    RemoteIterator<FileStatus> files = fileSystem.listStatusIterator(folder);
    while (files.hasNext()) {
      Matcher name = NAME.matcher(files.next().getPath().getName());
      if (name.matches()) {
        splits.set(Integer.parseInt(name.group(1)));
      }
    }
    return splits;
  }

  /** A split's manifest; nothing if it is not there or not whole. */
  Optional<SplitManifest> read(int split) throws IOException {
    return BooksJson.read(fileSystem, file(split), SplitManifest.class);
  }

  /** Takes a manifest back that does not hold. */
  void delete(int split) throws IOException {
    fileSystem.delete(file(split), false);
  }

  /**
   * Commits a split. Whoever calls this was chosen by Spark's driver, or has waited in vain for the
   * one that was: what is there by another attempt and not whole gives way. Should that one write
   * on after all, its file is gone and this one stays.
   *
   * @param attempt what tells it apart, as {@link SplitManifest#attempt()}
   * @param manifest the whole manifest as it is to be written, so that nothing takes time here
   * @return whether the manifest that is there now is this one: false if another attempt was first
   * @throws IOException if it cannot be written
   */
  boolean commit(int split, String attempt, byte[] manifest) throws IOException {
    try {
      create(split, manifest);
      return true;
    } catch (IOException failure) {
      Optional<SplitManifest> there = read(split);
      if (there.isPresent()) {
        return there.get().attempt().equals(attempt);
      }
      if (!fileSystem.exists(file(split))) {
        throw failure;
      }
    }
    delete(split);
    createWhole(split, manifest);
    return true;
  }

  private void createWhole(int split, byte[] manifest) throws IOException {
    try {
      create(split, manifest);
    } catch (IOException failure) {
      if (read(split).isEmpty()) {
        delete(split);
      }
      throw failure;
    }
  }

  /** Fails where there is a file: object stores find that out when it is closed. */
  private void create(int split, byte[] manifest) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = fileSystem.createFile(file(split));
    builder.overwrite(false);
    builder.opt(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
    try (FSDataOutputStream stream = builder.build()) {
      stream.write(manifest);
    } catch (FSError failure) {
      // How local files say that there is no room.
      throw new IOException(failure);
    }
  }
}
