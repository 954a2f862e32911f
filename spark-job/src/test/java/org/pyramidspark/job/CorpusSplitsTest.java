package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowCost;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitRows;

/** Corpora of several files, scanned by Spark. */
class CorpusSplitsTest {
  private static final RowCost COST = new RowCost(100, 2000, 3000);

  @TempDir Path folder;
  private final Map<String, Long> costs = new HashMap<>();

  /** Files whose rows cost very different amounts by their bytes; ids tell rows. */
  private void writeCorpus() throws IOException {
    Random random = new Random(3);
    write("long", IntStream.range(0, 6).map(row -> 1500 + random.nextInt(2000)).toArray(), 100);
    write("many", IntStream.range(0, 300).map(row -> 1 + random.nextInt(5)).toArray(), 900);
    write("short", IntStream.range(0, 500).map(row -> 20 + random.nextInt(20)).toArray(), 1);
  }

  private void write(String name, int[] promptTokens, int newTokens) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int tokens : promptTokens) {
      String id = name + "-" + lines.size();
      String prompt = Arrays.toString(new int[tokens]).replace(" ", "");
      String limit = newTokens == 100 ? "" : ",\"max_new_tokens\":" + newTokens;
      lines.add("{\"id\":\"%s\",\"prompt_token_ids\":%s%s}".formatted(id, prompt, limit));
      costs.put(id, Math.min(tokens, 2000) + 4L * newTokens);
    }
    Files.write(folder.resolve(name + ".jsonl"), lines);
  }

  private List<Split> plan(JavaSparkContext spark, int numSplits, OptionalLong limit) {
    return CorpusSplits.on(spark)
        .of(
            new CorpusOptions(
                folder.toString(), CorpusFormat.AUTO, limit, OptionalInt.of(numSplits)),
            COST);
  }

  private static List<String> ids(JavaSparkContext spark, Split split) {
    List<String> ids = new ArrayList<>();
    try (SplitRows rows = new SplitRows(split, spark.hadoopConfiguration())) {
      rows.forEachRemaining((PromptRow row) -> ids.add(row.id()));
    }
    return ids;
  }

  @Test
  void splitsAreEvenAndTheSameHoweverManyTasksScan() throws IOException {
    writeCorpus();
    Map<String, List<Split>> plans = new HashMap<>();
    for (String master : List.of("local[1]", "local[3]")) {
      try (JavaSparkContext spark =
          new JavaSparkContext(SparkSessions.conf(Optional.of(master), "scan"))) {
        for (int numSplits : List.of(1, 2, 3, 7, 20, 200)) {
          List<Split> splits = plan(spark, numSplits, OptionalLong.empty());
          assertEven(spark, splits, numSplits);
          assertThat(plans.computeIfAbsent("%d".formatted(numSplits), key -> splits))
              .isEqualTo(splits);
        }
        List<String> first = new ArrayList<>();
        plan(spark, 4, OptionalLong.of(200)).forEach(split -> first.addAll(ids(spark, split)));
        assertThat(first)
            .hasSize(200)
            .allMatch(id -> id.startsWith("long") || id.startsWith("many"))
            .doesNotHaveDuplicates();
      }
    }
  }

  private void assertEven(JavaSparkContext spark, List<Split> splits, int numSplits) {
    List<String> all = new ArrayList<>();
    List<Long> sorted = costs.values().stream().sorted(Comparator.reverseOrder()).toList();
    double mean = (double) sorted.stream().mapToLong(Long::longValue).sum() / numSplits;
    double most = Math.max(sorted.getFirst(), mean + Math.max(mean / 4, sorted.get(numSplits)));
    for (Split split : splits) {
      List<String> ids = ids(spark, split);
      all.addAll(ids);
      assertThat(split.cost()).isEqualTo(ids.stream().mapToLong(costs::get).sum());
      assertThat((double) split.cost())
          .as("%d splits of %s", numSplits, costs(splits))
          .isLessThanOrEqualTo(most);
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(costs.keySet());
  }

  private static String costs(List<Split> splits) {
    return splits.stream().map(split -> "" + split.cost()).collect(Collectors.joining(", "));
  }
}
