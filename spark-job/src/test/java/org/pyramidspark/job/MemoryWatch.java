package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Samples how much memory processes have, as Linux tells, once a second. Used by one thread.
 *
 * @param processes that run at the moment
 * @param samples bytes of all of them together
 */
record MemoryWatch(Supplier<Stream<ProcessHandle>> processes, List<Long> samples) {

  static MemoryWatch of(Supplier<Stream<ProcessHandle>> processes) {
    return new MemoryWatch(processes, new ArrayList<>());
  }

  void sample() {
    samples.add(processes.get().mapToLong(process -> residentBytes(process.pid())).sum());
  }

  /** Means of the samples of each tenth of the time, in MiB. */
  List<Long> tenths() {
    return IntStream.range(0, 10).mapToObj(this::tenth).toList();
  }

  private long tenth(int tenth) {
    List<Long> part =
        samples.subList(tenth * samples.size() / 10, (tenth + 1) * samples.size() / 10);
    return Math.round(part.stream().mapToLong(Long::longValue).average().orElse(0) / (1 << 20));
  }

  private static long residentBytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/%d/status".formatted(pid)))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException ended) {
      return 0;
    }
  }
}
