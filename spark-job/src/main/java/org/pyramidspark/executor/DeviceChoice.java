package org.pyramidspark.executor;

import java.util.Optional;
import org.pyramidspark.config.Device;
import org.pyramidspark.config.MatMulDevice;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.graph.Devices;
import org.pyramidspark.metrics.Machine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which device the engine of this JVM multiplies on. */
final class DeviceChoice {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceChoice.class);

  private DeviceChoice() {}

  /**
   * Chooses for the running task.
   *
   * @throws InvalidInputException if a GPU is wanted and cannot be used here
   */
  static MatMulDevice here(Device wanted) {
    Optional<String> assigned =
        wanted == Device.CPU
            ? Optional.empty()
            : GpuAssignment.here().visibleDevice(System.getenv("CUDA_VISIBLE_DEVICES"));
    return of(wanted, assigned, Devices.haveGpuNatives());
  }

  /**
   * @param assigned the GPU that Spark has given, as TensorFlow takes it
   * @param haveNatives whether TensorFlow's natives are those for GPUs
   */
  static MatMulDevice of(Device wanted, Optional<String> assigned, boolean haveNatives) {
    return switch (wanted) {
      case CPU -> MatMulDevice.HOST;
      case GPU -> gpu(assigned, haveNatives);
      case AUTO -> {
        if (assigned.isPresent() && !haveNatives) {
          LOG.warn(
              "Spark has assigned GPU {}, which is not used: the distribution has TensorFlow's"
                  + " natives for CPUs; build it by bin/pyramid-spark build --gpu",
              assigned.get());
        }
        yield assigned.isPresent() && haveNatives ? gpu(assigned, true) : MatMulDevice.HOST;
      }
    };
  }

  private static MatMulDevice gpu(Optional<String> assigned, boolean haveNatives) {
    if (!haveNatives) {
      throw InvalidInputException.of(
          "A GPU is wanted on host %s, whose TensorFlow has natives for CPUs alone; build the"
              + " distribution by bin/pyramid-spark build --gpu, or give --device cpu.",
          Machine.here().host());
    }
    return MatMulDevice.gpu(assigned.orElse(""));
  }

  /**
   * Looks whether TensorFlow can use the device; before anything else does.
   *
   * @throws InvalidInputException if it cannot
   */
  static void check(MatMulDevice device) {
    if (device.isHost()) {
      return;
    }
    Optional<String> failure = Devices.failure(device);
    if (failure.isPresent()) {
      throw InvalidInputException.of(
          "%s cannot be used on host %s (%s); see that nvidia-smi lists it there and that CUDA's"
              + " libraries are installed, ask Spark for it by spark.executor.resource.gpu.amount and"
              + " --gpus-per-task, or give --device cpu.",
          device, Machine.here().host(), failure.get());
    }
  }
}
