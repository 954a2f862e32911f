package org.pyramidspark.prompts;

import java.io.Serializable;

/**
 * One file of the corpus.
 *
 * @param path where it is, with its scheme
 * @param name relative to the folder that holds the whole corpus; part of its rows' ids
 * @param bytes size
 * @param modifiedMillis when it was last changed, since 1970
 */
public record CorpusFile(String path, String name, long bytes, long modifiedMillis)
    implements Serializable {}
