package org.pyramidspark.prompts;

import java.io.Serializable;

/**
 * One file of the corpus.
 *
 * @param path where it is, with its scheme
 * @param name relative to the folder that holds the whole corpus; part of its rows' ids
 * @param bytes size
 */
public record CorpusFile(String path, String name, long bytes) implements Serializable {}
