/**
 * Stage 10 of 10, report: one record of a run, written as JSON for programs, HTML and Markdown for
 * people. May import {@code metrics}, {@code guard}, {@code cache} and {@code errors}.
 */
package org.pyramidspark.report;
