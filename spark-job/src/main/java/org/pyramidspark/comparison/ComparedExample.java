package org.pyramidspark.comparison;

import java.io.Serializable;
import java.util.List;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;

/**
 * A compared row that the report shows whole.
 *
 * @param expected the reference, if there is one
 * @param outcomes what each policy made of the row, the full cache first
 */
public record ComparedExample(List<NamedText> expected, List<Outcome> outcomes)
    implements Serializable {

  /**
   * One policy.
   *
   * @param policy as it was written
   * @param kl mean KL(full || policy) of the next token along the full cache's completion, nats
   * @param agreement share of these tokens where the likeliest is the full cache's
   * @param row with the policy's completion as its one text
   */
  public record Outcome(String policy, double kl, double agreement, ExampleRow row)
      implements Serializable {}

  public ComparedExample {
    expected = List.copyOf(expected);
    outcomes = List.copyOf(outcomes);
  }

  /** The row with the full cache. */
  ExampleRow full() {
    return outcomes.getFirst().row();
  }
}
