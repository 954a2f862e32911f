package org.pyramidspark.cache;

/**
 * The first tokens of a prompt, whose keys and values another sequence's cache holds already or
 * computes in the same step. Only among sequences that keep everything: there an entry depends on
 * the tokens up to its own and on nothing else.
 *
 * @param donor the other sequence's cache; open until this sequence's prompt is computed
 * @param tokens how many; whole pages
 */
public record SharedPrefix(SequenceCache donor, int tokens) {}
