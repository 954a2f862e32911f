package org.pyramidspark.commit;

import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.prompts.*;

class ThrowawayTest {
  @TempDir Path dir;

  @Test
  void many() throws Exception {
    int n = 20000;
    RunFolder f = RunFolder.at(dir.resolve("out").toUri().toString(), new Configuration());
    f.create();
    CorpusFile file = new CorpusFile("/x/a.jsonl", "a.jsonl", 1L << 40, 0);
    List<Split> splits =
        IntStream.range(0, n)
            .mapToObj(
                i -> new Split(i, List.of(new LineRange(file, CorpusFormat.PROMPTS, i, i, 10, 50))))
            .toList();
    RunPlan plan = new RunPlan(List.of(file), splits);
    long t = System.nanoTime();
    plan.write(f);
    System.out.printf("THROW plan write %d ms%n", (System.nanoTime() - t) / 1000000);
    t = System.nanoTime();
    for (int i = 0; i < n; i++) {
      PartWriter w = f.newPart(i);
      w.write("{}");
      SplitManifest m = ManifestsTest.manifest("x", ManifestsTest.FIRST);
      f.manifests()
          .commit(
              new SplitManifest(
                  i, w.finish(0), m.committed(), m.session(), m.totals(), List.of(), List.of()));
    }
    System.out.printf(
        "THROW commit %d us each; manifest %d bytes%n",
        (System.nanoTime() - t) / 1000 / n,
        Files.size(dir.resolve("out/_pyramid/commits/00005.json")));
    t = System.nanoTime();
    RunPlan.read(f, n);
    System.out.printf("THROW plan read %d ms%n", (System.nanoTime() - t) / 1000000);
    t = System.nanoTime();
    CommittedSplits c = CommittedSplits.of(f, plan, RowSample.of(5, 1000000));
    System.out.printf(
        "THROW read %d ms, pending %d%n", (System.nanoTime() - t) / 1000000, c.pending().size());
    t = System.nanoTime();
    c.readRest();
    System.out.printf("THROW rest %d ms%n", (System.nanoTime() - t) / 1000000);
  }
}
