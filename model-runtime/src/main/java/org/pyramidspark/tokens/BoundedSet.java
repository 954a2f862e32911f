package org.pyramidspark.tokens;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.SetTag;
import com.hubspot.jinjava.tree.parse.TagToken;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * {@code set} for values of bounded size. A value that holds itself twice doubles with every
 * assignment, and printing or comparing it would take all memory and time; no value grows that way
 * without an assignment.
 */
final class BoundedSet extends SetTag {
  private static final long serialVersionUID = 1L;
  private static final int MAX_NESTING = 20;

  @Override
  public void executeSet(
      TagToken token,
      JinjavaInterpreter interpreter,
      String[] names,
      List<?> values,
      boolean overridesDeferred) {
    if (values != null && room(values, PythonText.MAX_LENGTH, MAX_NESTING) < 0) {
      throw new InterpretException("a value of the template is too large", token.getLineNumber());
    }
    super.executeSet(token, interpreter, names, values, overridesDeferred);
  }

  /**
   * What is left of so many characters and items once a value took its share; negative if too few.
   */
  private static long room(Object value, long room, int nesting) {
    if (nesting == 0) {
      return -1;
    }
    return switch (value) {
      case CharSequence text -> room - text.length();
      case Map<?, ?> map -> roomAfter(map.values(), room - map.size(), nesting);
      case Collection<?> list -> roomAfter(list, room - list.size(), nesting);
      case null, default -> room;
    };
  }

  private static long roomAfter(Collection<?> values, long room, int nesting) {
    long left = room;
    for (Object value : values) {
      if (left < 0) {
        break;
      }
      left = room(value, left, nesting - 1);
    }
    return left;
  }
}
