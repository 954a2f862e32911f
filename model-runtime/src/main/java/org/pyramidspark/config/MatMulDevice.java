package org.pyramidspark.config;

/**
 * Where an engine's MatMuls run, with their weights. All else, attention and the KV cache with it,
 * runs on the CPU.
 *
 * @param kind TensorFlow's type of device
 * @param index TensorFlow's number of it, among those that the session sees
 * @param visible the GPUs that the session sees, as CUDA counts them, in TensorFlow's form; empty
 *     for all, where it is to see any
 */
public record MatMulDevice(Kind kind, int index, String visible) {

  /** Types of devices. */
  public enum Kind {
    CPU,
    GPU
  }

  /** The CPU, with products of our own where they are faster. */
  public static final MatMulDevice HOST = new MatMulDevice(Kind.CPU, 0, "");

  /**
   * A GPU.
   *
   * @param visible its number as CUDA counts; empty for the first
   */
  public static MatMulDevice gpu(String visible) {
    return new MatMulDevice(Kind.GPU, 0, visible);
  }

  /** Whether MatMuls run where all else does. */
  public boolean isHost() {
    return equals(HOST);
  }

  /** For people. */
  @Override
  public String toString() {
    return kind == Kind.GPU && !visible.isEmpty() ? "GPU " + visible : kind + " " + index;
  }
}
