package org.pyramidspark.report.html;

/** What a section of a page is made of. */
public sealed interface Block
    permits IntervalPlot, Paragraph, Points, ScatterPlot, Subheading, Table {}
