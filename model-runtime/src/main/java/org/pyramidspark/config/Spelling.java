package org.pyramidspark.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.pyramidspark.errors.InvalidInputException;

/** Guesses which of some names a misspelt one was meant to be. */
public final class Spelling {

  private Spelling() {}

  /**
   * The error for a key that is no setting; it names the nearest one that is.
   *
   * @param origin the file or option, to open the message
   * @param keys those that there are
   */
  static InvalidInputException unknownKey(String origin, String key, List<String> keys) {
    return InvalidInputException.of(
        "%s: there is no setting '%s'; the nearest is '%s', and all are %s.",
        origin, key, nearest(key, keys), String.join(", ", keys));
  }

  /**
   * The error for a name that nothing has; it names the nearest one that something has.
   *
   * @param kind what should have it, to follow "there is no"
   * @param names those that there are
   */
  public static InvalidInputException unknownName(String kind, String name, List<String> names) {
    return InvalidInputException.of(
        "There is no %s '%s'; the nearest is '%s', and all are %s.",
        kind, name, nearest(name, names), String.join(", ", names));
  }

  /**
   * The name with the fewest insertions, deletions and replacements of a letter; names that contain
   * the misspelt one come first.
   */
  static String nearest(String misspelt, Collection<String> names) {
    return names.stream()
        .min(
            Comparator.comparing((String name) -> !name.contains(misspelt))
                .thenComparing(name -> distance(misspelt, name)))
        .orElseThrow();
  }

  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
