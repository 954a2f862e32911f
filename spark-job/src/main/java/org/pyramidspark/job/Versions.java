package org.pyramidspark.job;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a run runs on, for its report. */
public final class Versions {
  private Versions() {}

  static Map<String, String> inUse(String spark) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("Pyramid Spark", application());
    versions.put("Spark", spark);
    versions.put("Java", System.getProperty("java.version"));
    versions.put("System", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    return versions;
  }

  /** The jar's version. */
  public static String application() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "not packaged" : version;
  }
}
