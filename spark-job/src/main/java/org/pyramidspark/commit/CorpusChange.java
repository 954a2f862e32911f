package org.pyramidspark.commit;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pyramidspark.prompts.CorpusFile;

/** In what a corpus is not any more as it was when a run was planned. */
final class CorpusChange {
  private CorpusChange() {}

  /** The first difference, as a clause; nothing if all files are as they were. */
  static Optional<String> between(List<CorpusFile> then, List<CorpusFile> now) {
    Map<String, CorpusFile> left = new LinkedHashMap<>();
    now.forEach(file -> left.put(file.path(), file));
    for (CorpusFile before : then) {
      CorpusFile after = left.remove(before.path());
      if (after == null) {
        return Optional.of("%s is not there any more".formatted(before.path()));
      }
      if (!after.equals(before)) {
        return Optional.of(
            "%s was %s and now is %s".formatted(before.path(), shown(before), shown(after)));
      }
    }
    return left.keySet().stream().findFirst().map("%s was not there"::formatted);
  }

  private static String shown(CorpusFile file) {
    return "%s, %d bytes, of %s"
        .formatted(file.name(), file.bytes(), Instant.ofEpochMilli(file.modifiedMillis()));
  }
}
