package org.pyramidspark.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.errors.InvalidInputException;

class OutputFolderTest {
  @TempDir Path parent;

  @Test
  void theOutputAppearsWithTheCommit() throws IOException {
    try (OutputFolder folder = prepare(false)) {
      folder.write("report.md", "text");
      assertThat(output()).doesNotExist();
      folder.commit();
    }

    assertThat(output().resolve("report.md")).hasContent("text");
    assertNothingElseIsLeft();
  }

  @Test
  void aRunThatFailsLeavesNothing() throws IOException {
    try (OutputFolder folder = prepare(false)) {
      folder.write("report.md", "text");
    }

    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void aFolderThatExistsIsRefused() throws IOException {
    Files.createDirectory(output());

    assertThatThrownBy(() -> prepare(false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("exists")
        .hasMessageContaining("--overwrite");
  }

  @Test
  void overwriteKeepsTheFormerOutputUntilTheCommit() throws IOException {
    writeFormerOutput();

    try (OutputFolder folder = prepare(true)) {
      folder.write("report.md", "new");
      assertThat(output().resolve("part-00000.jsonl")).hasContent("old");
      folder.commit();
    }

    assertThat(output().resolve("report.md")).hasContent("new");
    assertThat(output().resolve("part-00000.jsonl")).doesNotExist();
    assertNothingElseIsLeft();
  }

  @Test
  void overwriteKeepsTheFormerOutputWhereTheRunFails() throws IOException {
    writeFormerOutput();

    try (OutputFolder folder = prepare(true)) {
      folder.write("report.md", "new");
    }

    assertThat(output().resolve("part-00000.jsonl")).hasContent("old");
    assertNothingElseIsLeft();
  }

  @Test
  void overwriteRefusesAFolderThatNoRunHasWritten() throws IOException {
    writeFormerOutput();
    Files.writeString(output().resolve("thesis.docx"), "mine");

    assertThatThrownBy(() -> prepare(true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("thesis.docx");
    assertThat(output().resolve("thesis.docx")).exists();
  }

  @Test
  void aFolderThatCannotBeMadeIsRefused() throws IOException {
    Files.writeString(parent.resolve("file"), "");

    assertThatThrownBy(
            () ->
                OutputFolder.prepare(
                    parent.resolve("file/out").toString(), false, new Configuration()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be written");
  }

  @Test
  void anOutputThatCannotBeMovedIsKeptAndNamed() throws IOException {
    OutputFolder folder = prepare(false);
    folder.write("report.md", "precious");
    Files.createDirectory(output());

    assertThatThrownBy(folder::commit)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is whole in");
    folder.close();

    try (Stream<Path> files = Files.walk(parent)) {
      assertThat(files.filter(file -> file.endsWith("report.md"))).hasSize(1);
    }
  }

  private OutputFolder prepare(boolean overwrite) {
    return OutputFolder.prepare(output().toString(), overwrite, new Configuration());
  }

  private Path output() {
    return parent.resolve("out");
  }

  private void writeFormerOutput() throws IOException {
    Files.createDirectory(output());
    Files.writeString(output().resolve("part-00000.jsonl"), "old");
    Files.writeString(output().resolve("_SUCCESS"), "");
    Files.writeString(output().resolve(".part-00000.jsonl.crc"), "");
  }

  private void assertNothingElseIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      assertThat(files).containsExactly(output());
    }
  }
}
