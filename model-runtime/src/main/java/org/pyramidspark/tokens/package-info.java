/**
 * Stage 3 of 10, tokens: text to token ids and back, the chat template, and truncation. Text of a
 * corpus never becomes a control token here. May import {@code checkpoint}, {@code config} and
 * {@code errors} only.
 */
package org.pyramidspark.tokens;
