/**
 * Stage 9 of 10, metrics: how good a completion is, measured against a reference text, and how sure
 * that is. May import {@code errors}.
 */
package org.pyramidspark.quality;
