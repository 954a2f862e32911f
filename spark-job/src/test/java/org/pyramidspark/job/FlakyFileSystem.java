package org.pyramidspark.job;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Local files under {@code flaky:}, which fail on one chosen read: the only way a task of ours
 * fails by itself. Registered with {@code fs.flaky.impl}.
 */
public final class FlakyFileSystem extends RawLocalFileSystem {
  /**
   * Files that are still to be opened before one fails. Set by the test; Spark makes the instances.
   */
  static final AtomicInteger OPENS_BEFORE_FAILURE = new AtomicInteger(-1);

  @Override
  public URI getUri() {
    return URI.create("flaky:///");
  }

  @Override
  public String getScheme() {
    return "flaky";
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    FSDataInputStream stream = super.open(path, bufferSize);
    if (OPENS_BEFORE_FAILURE.getAndDecrement() == 0) {
      stream.close();
      throw new IOException("The disk is gone for a moment.");
    }
    return stream;
  }
}
