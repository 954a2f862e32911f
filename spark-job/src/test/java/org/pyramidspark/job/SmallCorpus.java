package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A corpus of both formats with a few bad rows. */
final class SmallCorpus {
  /** Ids of the rows that can be completed. */
  static final List<String> GOOD_IDS =
      List.of(
          "documents.jsonl#1/0",
          "documents.jsonl#1/1",
          "documents.jsonl#2/0",
          "plain.jsonl#1",
          "chat",
          "plain.jsonl#5",
          "plain.jsonl#6");

  /** Ids of the rows that cannot. */
  static final List<String> BAD_IDS =
      List.of("documents.jsonl#3/0", "plain.jsonl#2", "plain.jsonl#7");

  private SmallCorpus() {}

  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("documents.jsonl"),
        """
        {"instructions": ["Sum up.", "Name the place."], "input": "The mill by the river burned down on Monday. Nobody was hurt.", "outputs": ["The mill burned.", "The river."], "source": "news", "evaluation": "rouge"}
        {"instructions": ["Sum up."], "input": "The council met twice and agreed on a new bridge.", "outputs": ["A new bridge was agreed on."], "source": "news", "evaluation": "rouge"}
        {"instructions": ["Sum up."], "input": "", "outputs": ["Nothing."]}
        """);
    Files.writeString(
        folder.resolve("plain.jsonl"),
        """
        {"prompt": "Once upon a time"}
        {"prompt": broken

        {"id": "chat", "messages": [{"role": "user", "content": "What is a mill?"}]}
        {"prompt_token_ids": [5, 6, 7, 8], "max_new_tokens": 2}
        {"prompt": "The river was", "reference": "The river was high."}
        {"prompt": ""}
        """);
    return folder;
  }
}
