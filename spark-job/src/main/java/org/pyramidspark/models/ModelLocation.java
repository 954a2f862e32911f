package org.pyramidspark.models;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Where a model's file is. {@link #toString()} gives what {@link #parse} takes. */
public sealed interface ModelLocation {
  /** A scheme has more than one letter, so that nobody's drive is one. */
  Pattern REMOTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");

  /**
   * At the same path on every host.
   *
   * @param file absolute
   */
  record OnEveryHost(Path file) implements ModelLocation {
    @Override
    public String toString() {
      return file.toString();
    }
  }

  /**
   * On a file system that every host reaches.
   *
   * @param uri with scheme and, where its file system has one, authority
   */
  record Remote(URI uri) implements ModelLocation {
    @Override
    public String toString() {
      return new org.apache.hadoop.fs.Path(uri).toString();
    }
  }

  /**
   * With the application's files, {@code --files}, which Spark brings to every executor.
   *
   * @param name without a folder
   */
  record WithFiles(String name) implements ModelLocation {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * What a user has given.
   *
   * @param sent names of the files that the application brings
   */
  static ModelLocation of(String given, Map<String, ?> sent) {
    if (REMOTE.matcher(given).matches()) {
      URI uri = new org.apache.hadoop.fs.Path(given).toUri();
      return uri.getScheme().equals("file")
          ? new OnEveryHost(Path.of(uri.getPath()))
          : new Remote(uri);
    }
    return sent.containsKey(given)
        ? new WithFiles(given)
        : new OnEveryHost(Path.of(given).toAbsolutePath());
  }

  /** The location that this text stands for; a name without a folder is a file that is sent. */
  static ModelLocation parse(String text) {
    return of(text, text.contains("/") ? Map.of() : Map.of(text, text));
  }
}
