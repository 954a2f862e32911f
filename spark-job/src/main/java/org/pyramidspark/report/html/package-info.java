/**
 * Building blocks of HTML reports: tables, charts as SVG, and pages that are made of such blocks
 * alone. Each class lays out one block, a template of {@code src/main/jte} draws it. May import
 * nothing of ours.
 */
package org.pyramidspark.report.html;
