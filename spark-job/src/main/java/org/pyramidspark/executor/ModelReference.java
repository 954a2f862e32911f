package org.pyramidspark.executor;

import java.io.Serializable;

/**
 * A model's file, the same on every host.
 *
 * @param path absolute
 * @param sha256 what the driver's copy has; executors check theirs against it
 */
public record ModelReference(String path, String sha256) implements Serializable {}
