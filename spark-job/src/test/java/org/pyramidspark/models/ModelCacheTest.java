package org.pyramidspark.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.checkpoint.FileDigest;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.Machine;

/** A host's copies of models that are elsewhere. */
class ModelCacheTest {
  @TempDir Path folder;
  private Path cached;
  private Path file;
  private URI uri;
  private String sha256;
  private ModelCache cache;

  @BeforeEach
  void writeModel() throws IOException {
    cached = folder.resolve("a/cache");
    file = Files.writeString(folder.resolve("model.gguf"), "a model");
    uri = CountedFileSystem.uri(file);
    sha256 = new FileDigest(file).sha256();
    cache = new ModelCache(cached, CountedFileSystem.settings());
  }

  @Test
  void aModelIsCopiedOnceForDriverAndExecutors() throws IOException {
    Path copy = cache.file(uri);
    assertThat(copy).hasContent("a model").startsWith(cached);
    assertThat(cache.file(uri)).isEqualTo(copy);
    assertThat(cache.file(uri, sha256)).isEqualTo(copy);
    assertThat(CountedFileSystem.opened(file)).isOne();
  }

  @Test
  void processesOfOneHostCopyItOnce() throws Exception {
    try (CachingProcess one = CachingProcess.start(cached, uri, sha256);
        CachingProcess other = CachingProcess.start(cached, uri, sha256)) {
      one.go();
      other.go();
      assertThat(one.result()).isEqualTo(other.result()).endsWith(sha256 + ".gguf");
    }
    assertThat(CountedFileSystem.opened(file)).isOne();
    assertThat(cache.file(uri, sha256)).hasContent("a model");
  }

  @Test
  void aDamagedCopyIsCopiedAgain() throws IOException {
    Path copy = cache.file(uri);
    Files.writeString(copy, "damaged");
    assertThat(cache.file(uri, sha256)).hasContent("a model");
    Files.writeString(copy, "damage");
    assertThat(cache.file(uri)).hasContent("a model");
    assertThat(CountedFileSystem.opened(file)).isEqualTo(3);
  }

  @Test
  void whatAnotherLeftHalfCopiedIsReplaced() throws IOException {
    Path copy = cache.file(uri, sha256);
    Files.delete(copy);
    for (Path lock : files(".lock")) {
      Files.writeString(
          cached.resolve(lock.getFileName().toString().replace(".lock", ".copying")), "a mo");
    }
    assertThat(cache.file(uri, sha256)).hasContent("a model");
    assertThat(files(".copying")).isEmpty();
  }

  @Test
  void theDriverSeesThatTheModelIsAnother() throws IOException {
    Path first = cache.file(uri);
    Files.writeString(file, "b model");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertThat(cache.file(uri)).hasContent("b model");
    assertThat(first).hasContent("a model");
  }

  @Test
  void anExecutorRefusesAnotherModelAndKeepsNothingOfIt() throws IOException {
    Files.writeString(file, "another");
    assertThatThrownBy(() -> cache.file(uri, sha256))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(
            uri.toString(), sha256, new FileDigest(file).sha256(), Machine.here().host());
    assertThat(files(".gguf")).isEmpty();
    assertThat(files(".copying")).isEmpty();
  }

  @Test
  void aModelThatIsNotThereIsRefusedWithHostAndPath() {
    URI missing = CountedFileSystem.uri(folder.resolve("missing.gguf"));
    for (var asking :
        List.<Runnable>of(() -> cache.file(missing), () -> cache.file(missing, sha256))) {
      assertThatThrownBy(asking::run)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll(missing.toString(), Machine.here().host());
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsRefusedWithHostAndPath() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "a file");
    assertThatThrownBy(() -> new ModelCache(taken, CountedFileSystem.settings()).file(uri, sha256))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(
            uri.toString(), taken.toString(), Machine.here().host(), "PYRAMID_CACHE");
  }

  private List<Path> files(String ending) throws IOException {
    try (Stream<Path> files = Files.list(cached)) {
      return files.filter(one -> one.toString().endsWith(ending)).toList();
    }
  }
}
