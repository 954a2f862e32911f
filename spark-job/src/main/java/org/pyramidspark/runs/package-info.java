/**
 * After stage 10 of 10: runs that are over, as their reports tell: which there are, and how two of
 * them differ. Reads {@code report.json} only. May import {@code report}, {@code errors}, {@code
 * completions} and Hadoop's file systems.
 */
package org.pyramidspark.runs;
