package org.pyramidspark.checkpoint;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock among the processes of a host, and among the threads of each, by a file. Ends with its
 * process, however that ends; the file stays.
 */
public final class StoreLock implements AutoCloseable {
  private static final long POLL_MILLIS = 200;

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until nobody else has the lock.
   *
   * @param file made if need be; its folder must be there
   * @param waiting is told once if another has it
   * @throws IOException if the file cannot be locked, or the thread is interrupted
   */
  public static StoreLock on(Path file, Runnable waiting) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      await(channel, waiting);
      return new StoreLock(channel);
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private static void await(FileChannel channel, Runnable waiting) throws IOException {
    boolean told = false;
    while (tryLock(channel) == null) {
      if (!told) {
        waiting.run();
        told = true;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while another had the lock");
      }
    }
  }

  /** Null if another process, or another thread of this one, holds the lock. */
  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException otherThread) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
