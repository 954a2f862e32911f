package org.pyramidspark.op;

import java.util.List;
import org.pyramidspark.config.ModelConfig;

/**
 * Cosines and sines of the rotary position embedding (RoPE, arXiv 2104.09864) for every position of
 * a model's context. Pair i of a head is (i, i + headSize / 2) and turns by {@code position *
 * theta^(-2i / headSize)}, divided by the model's frequency divisor where it has any. Immutable.
 */
public final class RotaryTable {
  private final int pairs;
  private final float[] cosines;
  private final float[] sines;

  private RotaryTable(int pairs, float[] cosines, float[] sines) {
    this.pairs = pairs;
    this.cosines = cosines;
    this.sines = sines;
  }

  /** The table of one model: {@code contextLength * headSize / 2} angles. */
  public static RotaryTable of(ModelConfig model) {
    int pairs = model.headSize() / 2;
    List<Float> divisors = model.ropeFrequencyDivisors();
    float[] cosines = new float[Math.multiplyExact(model.contextLength(), pairs)];
    float[] sines = new float[cosines.length];
    for (int i = 0; i < pairs; i++) {
      double frequency = Math.pow(model.ropeTheta(), -2.0 * i / model.headSize());
      if (!divisors.isEmpty()) {
        frequency /= divisors.get(i);
      }
      for (int position = 0; position < model.contextLength(); position++) {
        cosines[position * pairs + i] = (float) Math.cos(position * frequency);
        sines[position * pairs + i] = (float) Math.sin(position * frequency);
      }
    }
    return new RotaryTable(pairs, cosines, sines);
  }

  /** Cosines, {@code [position][pair]}; not to be changed. */
  float[] cosines() {
    return cosines;
  }

  /** Sines, {@code [position][pair]}; not to be changed. */
  float[] sines() {
    return sines;
  }

  /** Where a position's row begins in {@link #cosines()} and {@link #sines()}. */
  int row(int position) {
    return position * pairs;
  }

  /** Turns one head's vector to a position, in place. */
  void rotate(float[] vector, int position) {
    int row = row(position);
    for (int i = 0; i < pairs; i++) {
      float cosine = cosines[row + i];
      float sine = sines[row + i];
      float first = vector[i];
      float second = vector[i + pairs];
      vector[i] = first * cosine - second * sine;
      vector[i + pairs] = second * cosine + first * sine;
    }
  }
}
