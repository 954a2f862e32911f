package org.pyramidspark.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.pyramidspark.errors.InvalidInputException;

/** SHA-256 of a file, computed when first asked for. Thread-safe. */
public final class FileDigest {
  private final Path path;
  private String sha256;

  /**
   * @param path of the file; not read yet
   */
  public FileDigest(Path path) {
    this.path = path;
  }

  /**
   * In lower-case hex.
   *
   * @throws InvalidInputException if the file cannot be read any more
   */
  public synchronized String sha256() {
    if (sha256 == null) {
      sha256 = compute();
    }
    return sha256;
  }

  private String compute() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException(error);
    } catch (IOException error) {
      throw new InvalidInputException(
          "File %s cannot be read to its end (%s); see that it stays in place while it is used."
              .formatted(path, error.getMessage()),
          error);
    }
  }
}
