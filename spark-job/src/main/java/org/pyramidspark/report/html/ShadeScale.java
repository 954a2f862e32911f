package org.pyramidspark.report.html;

/** What the shades of layers mean, from none to every. */
public record ShadeScale() implements Block {}
