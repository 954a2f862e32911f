package org.pyramidspark.engine;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.config.EngineOptions;

/** The limit of an engine's KV cache in bytes. Owned by the engine's thread. */
final class KvBudget {
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  private final KvCache kvCache;
  private final long bytes;
  private final Deque<PromptFork> spares = new ArrayDeque<>();
  private OptionalLong reserved = OptionalLong.empty();

  KvBudget(KvCache kvCache, long bytes) {
    this.kvCache = kvCache;
    this.bytes = bytes == EngineOptions.KV_BUDGET_OF_FREE_MEMORY ? freeMemory() / 2 : bytes;
  }

  /** The limit. */
  long bytes() {
    return bytes;
  }

  /** Keeps so many bytes, beside those in use, for a trial that runs. */
  void reserve(long trialBytes) {
    reserved = OptionalLong.of(trialBytes);
  }

  /** The trial is over. */
  void release() {
    reserved = OptionalLong.empty();
  }

  /** Whether a trial runs: even a row without others does not have all bytes then. */
  boolean isShared() {
    return reserved.isPresent();
  }

  /** Whether so many more bytes may be taken. */
  boolean allows(long more) {
    return kvCache.bytesInUse() + reserved.orElse(0) + more <= bytes;
  }

  /** Keeps a prompt as long as nobody needs its memory. */
  void keepSpare(PromptFork prompt) {
    spares.add(prompt);
  }

  /** The prompt is used, or not needed any more. */
  void removeSpare(PromptFork prompt) {
    spares.remove(prompt);
  }

  /**
   * Whether so many more bytes may be taken once spare prompts are given up, as many as it takes
   * and the youngest first.
   *
   * @param more may become more as prompts are given up
   */
  boolean makesRoom(LongSupplier more) {
    while (!allows(more.getAsLong()) && !spares.isEmpty()) {
      spares.removeLast().close();
    }
    return allows(more.getAsLong());
  }

  /** Bytes that programs can have without swapping, within the container's limit. */
  private static long freeMemory() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try {
      return Files.readAllLines(MEMORY).stream()
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .map(available -> Math.min(available, system.getTotalMemorySize()))
          .findFirst()
          .orElseGet(system::getFreeMemorySize);
    } catch (IOException notLinux) {
      return system.getFreeMemorySize();
    }
  }
}
