package org.pyramidspark.engine;

import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A request on its way to the engine.
 *
 * @param request what is asked
 * @param counter counts the tokens of all requests of the same caller
 * @param sink takes the result; called by the engine's thread, must not block
 * @param abandoned whether nobody waits for the result any more
 * @param submittedNanos {@link System#nanoTime} of the submission
 */
record Submission(
    GenerationRequest request,
    TokenCounter counter,
    Consumer<GenerationResult> sink,
    BooleanSupplier abandoned,
    long submittedNanos) {

  /** The same for the request under the policy that it falls back to. */
  Submission fallenBack() {
    return new Submission(request.fallenBack(), counter, sink, abandoned, submittedNanos);
  }

  /** The request never runs. */
  void fail(String error) {
    request.trial().ifPresent(trial -> trial.fail(error));
    sink.accept(Failures.result(request, error, Set.of()));
  }
}
