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
    if (prompts >= numPrompts) {
      return this;
    }
    // Which lines the prompts left out stand in is not known: about as many bytes as others.
    long bytes = Math.round((double) workBytes / numPrompts * prompts);
    return new LineRange(file, format, offset, firstLine, bytes, prompts);
  }
}
