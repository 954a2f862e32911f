package org.pyramidspark.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Whether a row of a MatMul comes out the same, bit for bit, whatever the number of rows: then a
 * sequence's tokens do not depend on its neighbours. TensorFlow does not promise it; its kernels
 * for so many rows and more have it wherever we looked, and this looks on the machine at hand, with
 * the first layer's weights.
 */
final class RowIndependence {
  private static final int MOST_ROWS = 300;
  private static final int[] ROWS = {129, 64, 33, 16, 7, 2};

  /**
   * One weight.
   *
   * @param x float32 {@code [rows, width]}
   * @param product what the decoder would make of it, as float32
   * @param width of x
   */
  private record Probe(Placeholder<TFloat32> x, Operand<TFloat32> product, int width) {}

  private final List<Probe> probes = new ArrayList<>();

  /** Adds a weight, while the graph is built. */
  void add(Placeholder<TFloat32> x, Operand<TFloat32> product, int width) {
    probes.add(new Probe(x, product, width));
  }

  /**
   * Looks, once the weights are there; takes a fraction of a second.
   *
   * @param leastRows fewer are never multiplied
   */
  boolean holds(Session session, int leastRows) {
    return probes.stream().allMatch(probe -> holds(session, leastRows, probe));
  }

  private static boolean holds(Session session, int leastRows, Probe probe) {
    float[] x = new float[MOST_ROWS * probe.width()];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] all = multiply(session, probe, x, 0, MOST_ROWS);
    return Arrays.stream(ROWS)
        .filter(rows -> rows >= leastRows)
        .allMatch(
            rows ->
                agrees(session, probe, x, all, 0, rows)
                    && agrees(session, probe, x, all, MOST_ROWS - rows, rows));
  }

  /** Whether some rows, which then lie elsewhere in the product, come out as among all. */
  private static boolean agrees(
      Session session, Probe probe, float[] x, float[] all, int first, int rows) {
    float[] some = multiply(session, probe, x, first, rows);
    int width = some.length / rows;
    return Arrays.equals(some, Arrays.copyOfRange(all, first * width, (first + rows) * width));
  }

  private static float[] multiply(Session session, Probe probe, float[] x, int first, int rows) {
    int width = probe.width();
    float[] some = Arrays.copyOfRange(x, first * width, (first + rows) * width);
    try (TFloat32 input = TFloat32.tensorOf(Shape.of(rows, width), DataBuffers.of(some));
        var result = session.runner().feed(probe.x(), input).fetch(probe.product()).run()) {
      TFloat32 product = (TFloat32) result.get(0);
      float[] y = new float[(int) product.size()];
      product.copyTo(DataBuffers.of(y));
      return y;
    }
  }
}
