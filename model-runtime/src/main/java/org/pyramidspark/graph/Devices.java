package org.pyramidspark.graph;

import java.util.Optional;
import org.pyramidspark.config.MatMulDevice;
import org.pyramidspark.config.MatMulDevice.Kind;
import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/** TensorFlow's devices. Stateless. */
public final class Devices {
  private static final String GPU_NATIVES =
      "/org/tensorflow/internal/c_api/linux-x86_64-gpu/libtensorflow_cc.so.2";

  private Devices() {}

  /** Whether the natives on the class path are those that compute on NVIDIA's GPUs. */
  public static boolean haveGpuNatives() {
    return Devices.class.getResource(GPU_NATIVES) != null;
  }

  /**
   * Why TensorFlow cannot multiply on a device; empty if it can. Multiplies once there, and so
   * takes what a first use of a GPU takes.
   */
  public static Optional<String> failure(MatMulDevice device) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, session(device, 1))) {
      Ops tf = Ops.create(graph).withDevice(spec(device));
      var one = tf.constant(new float[][] {{1}});
      session.runner().fetch(tf.linalg.matMul(one, one)).run().close();
      return Optional.empty();
    } catch (TensorFlowException | IllegalArgumentException | IllegalStateException failure) {
      return Optional.of(String.valueOf(failure.getMessage()).lines().findFirst().orElse("?"));
    }
  }

  /**
   * A session's settings: it sees the GPU that it is to use and takes its memory bit by bit; or
   * none.
   */
  static ConfigProto session(MatMulDevice device, int threads) {
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(1);
    if (device.kind() == Kind.GPU) {
      config.setGpuOptions(
          GPUOptions.newBuilder().setVisibleDeviceList(device.visible()).setAllowGrowth(true));
    } else {
      // GPU natives would take every GPU, and all of its memory.
      config.putDeviceCount("GPU", 0).putDeviceCount("CPU", device.index() + 1);
    }
    return config.build();
  }

  static DeviceSpec spec(MatMulDevice device) {
    return DeviceSpec.newBuilder()
        .deviceType(device.kind() == Kind.GPU ? DeviceType.GPU : DeviceType.CPU)
        .deviceIndex(device.index())
        .build();
  }
}
