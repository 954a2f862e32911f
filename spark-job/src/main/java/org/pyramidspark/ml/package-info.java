/**
 * Beside {@code dataframe}: the same as a Spark ML transformer. May import {@code dataframe},
 * {@code config} and Spark with its ML, which no other package may: it is not on every class path.
 */
package org.pyramidspark.ml;
