/**
 * Building blocks of HTML reports: tables, and charts as SVG. Each class lays out one block, a
 * template of {@code src/main/jte} beside it draws it. May import nothing of ours.
 */
package org.pyramidspark.report.html;
