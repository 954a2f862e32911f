package org.pyramidspark.config;

/** Where a user wants the MatMuls to run. */
public enum Device {
  /** On a GPU where Spark has assigned one and TensorFlow can use it, else on the CPU. */
  AUTO("auto"),
  CPU("cpu"),
  /** On a GPU, or not at all. */
  GPU("gpu");

  private final String label;

  Device(String label) {
    this.label = label;
  }

  /** The name used in options and reports. */
  public String label() {
    return label;
  }
}
