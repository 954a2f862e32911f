package org.pyramidspark.prompts;

import java.io.Serializable;

/**
 * Some whole lines of one file.
 *
 * @param file where they are
 * @param format of the file's rows, recognised
 * @param offset first byte
 * @param firstLine number of the first line, from 1
 * @param workBytes bytes of text that its prompts read: a document counts once for each instruction
 * @param numPrompts prompts in these lines that belong to the run
 */
public record LineRange(
    CorpusFile file,
    CorpusFormat format,
    long offset,
    long firstLine,
    long workBytes,
    long numPrompts)
    implements Serializable {

  LineRange limitedTo(long prompts) {
    return new LineRange(file, format, offset, firstLine, workBytes, Math.min(numPrompts, prompts));
  }
}
