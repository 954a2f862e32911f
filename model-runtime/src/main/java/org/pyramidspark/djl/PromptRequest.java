package org.pyramidspark.djl;

import org.pyramidspark.tokens.Prompt;

/**
 * One row of a batch, as the translator hands it to the model's block.
 *
 * @param prompt what is asked
 * @param settings how it is completed
 */
record PromptRequest(Prompt prompt, CompletionSettings settings) {}
