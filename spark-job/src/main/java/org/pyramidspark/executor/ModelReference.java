package org.pyramidspark.executor;

import java.io.Serializable;

/**
 * A model, the same for every executor.
 *
 * @param location of its file, as a {@link org.pyramidspark.models.ModelLocation} is written
 * @param sha256 what the driver's copy has; executors check theirs against it
 */
public record ModelReference(String location, String sha256) implements Serializable {}
