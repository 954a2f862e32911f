package org.pyramidspark.job;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Local files under {@code hangs:}, where the first commit of all hangs: the file system does not
 * answer whoever was chosen to commit. Registered with {@code fs.hangs.impl}.
 */
public final class HangingFileSystem extends RawLocalFileSystem {
  /** A file that is made when somebody hangs. */
  static final String HUNG = "test.hung";

  @Override
  public URI getUri() {
    return URI.create("hangs:///");
  }

  @Override
  public String getScheme() {
    return "hangs";
  }

  @Override
  @SuppressWarnings("rawtypes")
  public FSDataOutputStreamBuilder createFile(Path path) {
    if (path.getParent().getName().equals("commits") && isFirst()) {
      hang();
    }
    return super.createFile(path);
  }

  private boolean isFirst() {
    try {
      return new File(getConf().get(HUNG)).createNewFile();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException killed) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The file system does not answer.", killed);
    }
  }
}
