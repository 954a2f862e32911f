package org.pyramidspark.config;

/** How a kept fraction goes with depth; the names are those of the published configurations. */
public enum Schedule {
  /** (1 - d) * l / L + d: rises with depth, as it was published. */
  LINEAR("linear") {
    @Override
    public double at(double decay, int layer, int numLayers) {
      return (1 - decay) * layer / numLayers + decay;
    }
  },
  /** (1 - d) * (cos(pi * l / L) + 1) / 2 + d: falls from 1 to nearly d. */
  COSINE("cosine") {
    @Override
    public double at(double decay, int layer, int numLayers) {
      return (1 - decay) * (Math.cos(Math.PI * layer / numLayers) + 1) / 2 + decay;
    }
  },
  /** d in every layer. */
  CONSTANT("constant") {
    @Override
    public double at(double decay, int layer, int numLayers) {
      return decay;
    }
  };

  private final String label;

  Schedule(String label) {
    this.label = label;
  }

  /** The name used in presets and options. */
  public String label() {
    return label;
  }

  /**
   * The fraction at one layer.
   *
   * @param decay d
   * @param layer l, from 0
   * @param numLayers L
   */
  public abstract double at(double decay, int layer, int numLayers);
}
