package org.pyramidspark.report.html;

/**
 * Names the blocks that follow.
 *
 * @param text plain
 */
public record Subheading(String text) implements Block {}
