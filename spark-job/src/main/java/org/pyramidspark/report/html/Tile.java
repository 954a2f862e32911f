package org.pyramidspark.report.html;

/**
 * A figure of a report's head.
 *
 * @param label what it is
 * @param value the figure
 * @param note what puts it in its place, may be empty
 */
public record Tile(String label, String value, String note) {}
