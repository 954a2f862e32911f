package org.pyramidspark.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** {@code counted:/PATH}: this host's files; each one that is opened leaves a line beside it. */
public final class CountedFileSystem extends FilterFileSystem {
  private static final String SCHEME = "counted";

  public CountedFileSystem() {
    super(new RawLocalFileSystem());
  }

  /** With this file system among others. */
  static Configuration settings() {
    Configuration conf = new Configuration();
    conf.setClass("fs." + SCHEME + ".impl", CountedFileSystem.class, FileSystem.class);
    return conf;
  }

  static URI uri(java.nio.file.Path file) {
    return URI.create(SCHEME + ":" + file);
  }

  /** How often a file was opened, by any process. */
  static long opened(java.nio.file.Path file) throws IOException {
    java.nio.file.Path count = count(file);
    return Files.exists(count) ? Files.size(count) : 0;
  }

  private static java.nio.file.Path count(java.nio.file.Path file) {
    return file.resolveSibling(file.getFileName() + ".opened");
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(URI.create("file:///"), conf);
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  protected void checkPath(Path path) {}

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    Files.writeString(
        count(local(path)), "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    try {
      // So long that whoever asks meanwhile has to wait.
      Thread.sleep(300);
    } catch (InterruptedException interrupted) {
      throw new UncheckedIOException(new IOException(interrupted));
    }
    return super.open(new Path(local(path).toUri()), bufferSize);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return super.getFileStatus(new Path(local(path).toUri()));
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
