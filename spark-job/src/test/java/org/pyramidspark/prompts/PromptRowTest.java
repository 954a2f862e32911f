package org.pyramidspark.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.tokens.Prompt;

class PromptRowTest {
  @TempDir Path folder;

  @Test
  void anInstructionGivesTheDocumentAndItsOwnReference() throws IOException {
    List<PromptRow> rows =
        rows("{'instructions':['sum','list'],'input':'text','outputs':['a','b'],'source':'s'}");

    assertThat(rows)
        .extracting(PromptRow::reference)
        .containsExactly(Optional.of("a"), Optional.of("b"));
    assertThat(((PromptRow.Valid) rows.get(1)).prompt())
        .isEqualTo(new Prompt.Document("text", "list", Optional.empty()));
  }

  @Test
  void anInstructionWithoutAnOutputHasNoReference() throws IOException {
    assertThat(rows("{'instructions':['sum','list'],'input':'text','outputs':['a']}"))
        .extracting(PromptRow::reference)
        .containsExactly(Optional.of("a"), Optional.empty());
  }

  @Test
  void aRowsOwnIdIsKeptAndItsInstructionsAreNumbered() throws IOException {
    assertThat(rows("{'id':'d7','instructions':['sum','list'],'input':'text'}"))
        .extracting(PromptRow::id)
        .containsExactly("d7/0", "d7/1");
  }

  @Test
  void plainRowsBringTextChatsOrTokens() throws IOException {
    List<PromptRow> rows =
        rows(
            "{'prompt':'hello','reference':'r','max_new_tokens':7}",
            "{'id':3,'messages':[{'role':'user','content':'hi'}]}",
            "{'prompt_token_ids':[1,2,3]}");

    assertThat(rows.getFirst())
        .isEqualTo(
            new PromptRow.Valid(
                "a.jsonl#1",
                "File a.jsonl, line 1",
                new Prompt.RawText("hello"),
                Optional.of("r"),
                OptionalInt.of(7)));
    assertThat(rows.get(1).id()).isEqualTo("3");
    assertThat(((PromptRow.Valid) rows.get(1)).prompt())
        .isEqualTo(new Prompt.Chat(List.of(new Prompt.Message("user", "hi"))));
    assertThat(((PromptRow.Valid) rows.get(2)).prompt())
        .isInstanceOfSatisfying(
            Prompt.TokenIds.class, ids -> assertThat(ids.tokens()).containsExactly(1, 2, 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "{'prompt':'x'; not-json",
        "{'prompt':'x'} tail; not-json",
        "['prompt']; not-json",
        "null; not-json",
        "{}; missing-field",
        "{'prompt':null}; missing-field",
        "{'prompt':'x','messages':[]}; missing-field",
        "{'prompt':5}; wrong-type",
        "{'prompt':' '}; empty-prompt",
        "{'messages':[]}; empty-prompt",
        "{'messages':[{'role':'user'}]}; wrong-type",
        "{'messages':[{'role':'boss','content':'x'}]}; wrong-type",
        "{'prompt_token_ids':[]}; empty-prompt",
        "{'prompt_token_ids':[1,-2]}; wrong-type",
        "{'prompt_token_ids':[1.5]}; wrong-type",
        "{'prompt':'x','max_new_tokens':0}; wrong-type",
        "{'prompt':'x','max_new_tokens':'many'}; wrong-type",
        "{'prompt':'x','id':[]}; wrong-type",
        "{'prompt':'x','reference':1}; wrong-type",
        "{'instructions':['sum']}; missing-field",
        "{'instructions':'sum','input':'x'}; wrong-type",
        "{'instructions':[],'input':'x'}; empty-prompt",
        "{'instructions':[''],'input':'x'}; empty-prompt",
        "{'instructions':['sum'],'input':''}; empty-prompt",
        "{'instructions':['sum'],'input':3}; wrong-type",
        "{'instructions':['sum'],'input':'x','outputs':'y'}; wrong-type",
      })
  void aBadRowIsOneRowWithAnErrorThatNamesFileAndLine(String line, String kind) throws IOException {
    List<PromptRow> rows = rows(line);

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .isInstanceOfSatisfying(
            PromptRow.Invalid.class,
            row -> {
              assertThat(row.error().kind().label()).isEqualTo(kind);
              assertThat(row.error().message()).startsWith("File a.jsonl, line 1: ");
            });
  }

  @Test
  void oneBadInstructionLeavesItsNeighboursAlone() throws IOException {
    assertThat(rows("{'instructions':['sum',4,'list'],'input':'text'}"))
        .extracting(row -> row instanceof PromptRow.Valid)
        .containsExactly(true, false, true);
  }

  @Test
  void textThatIsNotUtf8IsABadRow() throws IOException {
    byte[] line = "{\"prompt\":\"x\"}\n".getBytes(StandardCharsets.UTF_8);
    line[11] = (byte) 0xff;
    Files.write(folder.resolve("a.jsonl"), line);

    assertThat(read()).singleElement().isInstanceOf(PromptRow.Invalid.class);
  }

  private List<PromptRow> rows(String... lines) throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), String.join("\n", lines).replace('\'', '"'));
    return read();
  }

  private List<PromptRow> read() throws IOException {
    Configuration hadoop = new Configuration();
    CorpusFile file = CorpusFiles.list(folder.toString(), hadoop).getFirst();
    List<LineRange> ranges =
        CorpusScan.ranges(file, CorpusFormat.AUTO, RowCost.OF_READING, 1, Long.MAX_VALUE, hadoop)
            .ranges();
    List<PromptRow> rows = new ArrayList<>();
    try (SplitRows read = new SplitRows(new Split(0, ranges), hadoop)) {
      read.forEachRemaining(rows::add);
    }
    return rows;
  }
}
