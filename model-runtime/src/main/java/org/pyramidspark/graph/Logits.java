package org.pyramidspark.graph;

import java.lang.foreign.MemorySegment;
import org.tensorflow.types.TFloat32;

/**
 * Scores of every token of the vocabulary, {@code [sequences, vocabularySize]} float32, in
 * TensorFlow's memory; not copied. Closed by who asked for the step.
 */
public final class Logits implements AutoCloseable {
  private final TFloat32 tensor;
  private final MemorySegment memory;
  private final int vocabularySize;

  Logits(TFloat32 tensor) {
    this.tensor = tensor;
    this.memory = TensorMemory.of(tensor);
    this.vocabularySize = (int) tensor.shape().get(1);
  }

  public int vocabularySize() {
    return vocabularySize;
  }

  /** One sequence's scores, {@code vocabularySize} floats; valid until this is closed. */
  public MemorySegment row(int sequence) {
    long bytes = 4L * vocabularySize;
    return memory.asSlice(sequence * bytes, bytes);
  }

  @Override
  public void close() {
    tensor.close();
  }
}
