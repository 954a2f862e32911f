package org.pyramidspark.tokens;

/** Functions that chat templates call by name; public, since the template engine calls them. */
public final class TemplateFunctions {
  private TemplateFunctions() {}

  /** The template refuses the conversation. */
  public static String raiseException(String message) {
    throw new IllegalArgumentException(message);
  }
}
