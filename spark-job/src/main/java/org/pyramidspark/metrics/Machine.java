package org.pyramidspark.metrics;

import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The machine that a JVM runs on.
 *
 * @param host its name
 * @param cpu the processor's name, or its architecture where the system does not tell
 * @param numCores cores that the JVM may use
 * @param memoryBytes of the machine, or of the container that the JVM is in
 */
public record Machine(String host, String cpu, int numCores, long memoryBytes)
    implements Serializable {

  /** The machine of this JVM. */
  public static Machine here() {
    return new Machine(hostName(), cpuName(), Runtime.getRuntime().availableProcessors(), memory());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "localhost";
    }
  }

  private static String cpuName() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException | RuntimeException notLinux) {
      return System.getProperty("os.arch");
    }
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }
}
