package org.pyramidspark.tokens;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateSyntaxException;
import com.hubspot.jinjava.lib.tag.ElseTag;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.TagNode;
import java.util.regex.Pattern;

/**
 * {@code for} that refuses what Jinjava would silently take for something else: a condition of the
 * loop ({@code for x in xs if ...}) and an {@code else} for empty lists.
 */
final class StrictFor extends ForTag {
  private static final long serialVersionUID = 1L;
  private static final Pattern CONDITION = Pattern.compile("\\sif\\s");

  @Override
  public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
    if (CONDITION.matcher(tag.getHelpers()).find()) {
      throw refusal(tag, "a condition in a for loop is not supported");
    }
    boolean hasElse =
        tag.getChildren().stream()
            .anyMatch(child -> child instanceof TagNode inner && inner.getTag() instanceof ElseTag);
    if (hasElse) {
      throw refusal(tag, "else in a for loop is not supported");
    }
    return super.interpret(tag, interpreter);
  }

  private static TemplateSyntaxException refusal(TagNode tag, String reason) {
    return new TemplateSyntaxException(
        tag.getMaster().getImage(), reason, tag.getLineNumber(), tag.getStartPosition());
  }
}
