/**
 * Stage 2 of 10, prompts: the corpus's files, cut into splits of whole lines, and their rows as
 * prompts. A row that cannot be read becomes a {@link org.pyramidspark.prompts.PromptRow.Invalid},
 * never an exception. May import {@code tokens}, {@code errors} and Hadoop's file systems.
 */
package org.pyramidspark.prompts;
