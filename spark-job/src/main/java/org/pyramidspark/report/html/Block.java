package org.pyramidspark.report.html;

/** What a section of a page is made of. */
public sealed interface Block
    permits Fold,
        HeatStrip,
        IntervalPlot,
        Paragraph,
        Points,
        ScatterPlot,
        ShadeScale,
        ShadedText,
        Subheading,
        Table,
        TextColumns {}
