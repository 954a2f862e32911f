package org.pyramidspark.engine;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.config.EngineOptions;

/** The limit of an engine's KV cache in bytes. Owned by the engine's thread. */
final class KvBudget {
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  private final KvCache kvCache;
  private final long bytes;
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
