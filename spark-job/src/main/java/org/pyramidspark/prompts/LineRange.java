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
 * @param cost of its prompts by {@link RowCost}
 * @param numPrompts prompts in these lines that belong to the run
 */
public record LineRange(
    CorpusFile file,
    CorpusFormat format,
    long offset,
    long firstLine,
    long workBytes,
    long cost,
    long numPrompts)
    implements Serializable {

  LineRange limitedTo(long prompts) {
    if (prompts >= numPrompts) {
      return this;
    }
    // Which lines the prompts left out stand in is not known: about as long as the others.
    double share = (double) prompts / numPrompts;
    return new LineRange(
        file,
        format,
        offset,
        firstLine,
        Math.round(workBytes * share),
        Math.round(cost * share),
        prompts);
  }

  /** With the range of the same file that follows it. */
  LineRange with(LineRange next) {
    return new LineRange(
        file,
        format,
        offset,
        firstLine,
        workBytes + next.workBytes,
        cost + next.cost,
        numPrompts + next.numPrompts);
  }
}
