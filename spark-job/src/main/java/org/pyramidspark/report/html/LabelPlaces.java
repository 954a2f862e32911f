package org.pyramidspark.report.html;

import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds places for labels beside their points, so that none covers another or a point, or leaves
 * the drawing. Labels are placed one by one, the most important first; where there is no room a
 * label is left out.
 */
final class LabelPlaces {
  /** About as wide as a letter and as high as a line of the page's drawings. */
  private static final double LETTER = 7.5;

  private static final double LINE = 15;
  private static final double POINT = 6;
  private static final double APART = 9;
  private static final double[] RISES = {-5, 14, -20, 29, -35, 44};

  private final Rectangle2D bounds;
  private final List<Rectangle2D> taken = new ArrayList<>();

  /**
   * @param x the baseline's end next to the point
   * @param y the baseline
   * @param leftOfPoint whether the text ends at {@code x} rather than begins there
   */
  record Place(double x, double y, boolean leftOfPoint) {}

  LabelPlaces(Rectangle2D bounds) {
    this.bounds = bounds;
  }

  /** Keeps a point free of labels. */
  void keepFree(double x, double y) {
    taken.add(new Rectangle2D.Double(x - POINT, y - POINT, 2 * POINT, 2 * POINT));
  }

  /** A place for a label of so many letters at a point, if there is room. */
  Optional<Place> place(double x, double y, int letters) {
    for (double rise : RISES) {
      for (boolean left : new boolean[] {false, true}) {
        Place place = new Place(left ? x - APART : x + APART, y + rise, left);
        Rectangle2D box = box(place, letters);
        if (bounds.contains(box) && taken.stream().noneMatch(box::intersects)) {
          taken.add(box);
          return Optional.of(place);
        }
      }
    }
    return Optional.empty();
  }

  private static Rectangle2D box(Place place, int letters) {
    double width = letters * LETTER;
    double left = place.leftOfPoint() ? place.x() - width : place.x();
    return new Rectangle2D.Double(left, place.y() - 0.8 * LINE, width, LINE);
  }
}
