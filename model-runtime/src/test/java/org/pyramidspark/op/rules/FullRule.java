package org.pyramidspark.op.rules;

import java.util.List;

/** Nothing ever leaves. */
public final class FullRule extends Rule {

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    return all(attention);
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    return all(attention);
  }
}
