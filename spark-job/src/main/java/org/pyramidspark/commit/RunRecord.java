package org.pyramidspark.commit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a run is, in {@code run.json}. It is written last before the first task, so the plan is
 * whole where it is there.
 *
 * @param format of the books
 * @param started when the run's first session did
 * @param settings all that decides rows and the report's choice of them, by option
 * @param rows of the run
 * @param splits of the run
 */
record RunRecord(int format, Instant started, Map<String, String> settings, long rows, int splits) {
  static final String NAME = "run.json";

  /** Goes up when books of before cannot be read any more. */
  static final int FORMAT = 2;

  /** In what settings differ from this run's, each as a clause; empty if in nothing. */
  List<String> differences(Map<String, String> now) {
    Set<String> keys = new LinkedHashSet<>(settings.keySet());
    keys.addAll(now.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      if (!Objects.equals(settings.get(key), now.get(key))) {
        differences.add(
            "%s was %s and now is %s"
                .formatted(key, shown(settings.get(key)), shown(now.get(key))));
      }
    }
    return differences;
  }

  private static String shown(String value) {
    return value == null ? "not given" : value.isEmpty() ? "empty" : value;
  }
}
