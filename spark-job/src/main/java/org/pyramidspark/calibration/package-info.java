/**
 * Before stage 1: which settings of a policy a corpus needs, found by trials on a sample of it. The
 * search itself, the folder that keeps its trials, the preset and the report. May import {@code
 * guard} for its estimate, {@code report}, {@code cache}, {@code config}, {@code errors}, Hadoop's
 * file systems; knows neither engines nor tasks.
 */
package org.pyramidspark.calibration;
