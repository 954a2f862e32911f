package org.pyramidspark.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.errors.InvalidInputException;

class CorpusFilesTest {
  @TempDir Path folder;

  @Test
  void oneFileIsNamedWithoutItsFolder() throws IOException {
    write("x/a.jsonl");

    assertThat(names("x/a.jsonl")).containsExactly("a.jsonl");
  }

  @Test
  void aFolderGivesItsJsonlFilesInOrder() throws IOException {
    write("x/b.jsonl");
    write("x/a.jsonl");
    write("x/readme.txt");
    write("x/deeper/c.jsonl");

    assertThat(names("x")).containsExactly("a.jsonl", "b.jsonl");
  }

  @Test
  void filesOfAGlobAreNamedFromTheirCommonFolder() throws IOException {
    write("x/a.jsonl");
    write("y/a.jsonl");

    assertThat(names("*/*.jsonl")).containsExactly("x/a.jsonl", "y/a.jsonl");
  }

  @Test
  void whatIsNotThereIsAClearError() throws IOException {
    Files.createDirectory(folder.resolve("empty"));

    assertThatThrownBy(() -> names("missing.jsonl"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("missing.jsonl does not exist");
    assertThatThrownBy(() -> names("empty"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("without *.jsonl files");
    assertThatThrownBy(() -> CorpusFiles.list("nowhere:/x", new Configuration()))
        .isInstanceOf(InvalidInputException.class);
  }

  private void write(String name) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), "{}");
  }

  private List<String> names(String input) {
    return CorpusFiles.list(folder + "/" + input, new Configuration()).stream()
        .map(CorpusFile::name)
        .toList();
  }
}
