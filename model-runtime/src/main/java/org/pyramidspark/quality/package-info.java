/**
 * Stage 9 of 10, metrics: how good a completion is, measured against a reference text. Imports
 * nothing of this project.
 */
package org.pyramidspark.quality;
