package org.pyramidspark.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pyramidspark.errors.InvalidInputException;

/**
 * How a GGUF file of the Llama architecture stretches its rotary embedding, as a divisor for each
 * frequency. Llama 3.1's divisors come as the tensor {@code rope_freqs.weight}; linear scaling,
 * which llama.cpp also takes where no type is named, divides all frequencies alike.
 */
final class RotaryScaling {
  private static final String TYPE = "llama.rope.scaling.type";
  private static final List<String> FACTORS =
      List.of("llama.rope.scaling.factor", "llama.rope.scale_linear");

  private final GgufMetadata metadata;
  private final int pairs;

  /**
   * @param pairs rotated pairs in a head
   */
  RotaryScaling(GgufMetadata metadata, int pairs) {
    this.metadata = metadata;
    this.pairs = pairs;
  }

  /**
   * One divisor for each pair; empty where nothing is scaled.
   *
   * @param frequencies {@code rope_freqs.weight}, if the file has it
   * @param floats reads a small tensor
   */
  List<Float> divisors(Optional<TensorInfo> frequencies, Function<TensorInfo, float[]> floats) {
    double factor = linearFactor();
    if (frequencies.isPresent()) {
      List<Float> divisors = new ArrayList<>();
      for (float divisor : floats.apply(checked(frequencies.get()))) {
        divisors.add(positive((float) (divisor * factor)));
      }
      return divisors;
    }
    return factor == 1 ? List.of() : Collections.nCopies(pairs, (float) factor);
  }

  private double linearFactor() {
    String type = metadata.text(TYPE).orElse("linear");
    return switch (type) {
      case "none" -> 1;
      case "linear" ->
          FACTORS.stream().filter(this::isSet).findFirst().map(this::factor).orElse(1.0);
      default ->
          throw InvalidInputException.of(
              "GGUF file %s scales its rotary embedding by '%s' (%s); none, linear and"
                  + " rope_freqs.weight are supported, so name another model.",
              metadata.path(), type, TYPE);
    };
  }

  /** Converters write 0 for a factor that is not set. */
  private boolean isSet(String key) {
    return metadata.decimal(key).orElse(0.0) != 0;
  }

  private double factor(String key) {
    return metadata.positive(key).orElseThrow();
  }

  private TensorInfo checked(TensorInfo tensor) {
    if (!tensor.shape().equals(List.of((long) pairs))) {
      throw GgufCursor.damaged(
          metadata.path(),
          "tensor %s has the shape %s and must have [%d]",
          tensor.name(),
          tensor.shape(),
          pairs);
    }
    return tensor;
  }

  private float positive(float divisor) {
    if (!(divisor > 0 && divisor <= Float.MAX_VALUE)) {
      throw GgufCursor.damaged(
          metadata.path(), "rope_freqs.weight holds %s and must hold numbers over 0", divisor);
    }
    return divisor;
  }
}
