package org.pyramidspark.executor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.Machine;

/**
 * The GPUs that Spark has assigned to a task, and so to its executor, which has one at most.
 *
 * @param addresses as the discovery script gives them
 */
record GpuAssignment(List<String> addresses) {
  private static final String GPU = "gpu";
  private static final String AMOUNT = "spark.executor.resource.gpu.amount";

  /**
   * That of the running task; none outside of tasks.
   *
   * @throws InvalidInputException if the executor has more than one GPU: its engine uses one, and
   *     its tasks would be given others
   */
  static GpuAssignment here() {
    TaskContext task = TaskContext.get();
    if (task == null || !task.resourcesJMap().containsKey(GPU)) {
      return new GpuAssignment(List.of());
    }
    ResourceInformation gpus = task.resourcesJMap().get(GPU);
    GpuAssignment assigned = new GpuAssignment(List.of(gpus.addresses()));
    int perExecutor = SparkEnv.get().conf().getInt(AMOUNT, 1);
    if (assigned.addresses().size() > 1 || perExecutor > 1) {
      throw InvalidInputException.of(
          "Executor %s on host %s has %d GPUs, and its engine uses one; set %s to 1, and start an"
              + " executor for each GPU.",
          SparkEnv.get().executorId(),
          Machine.here().host(),
          Math.max(perExecutor, assigned.addresses().size()),
          AMOUNT);
    }
    return assigned;
  }

  /**
   * The GPU as TensorFlow takes it, counted among those that CUDA shows to this process; empty if
   * none is assigned.
   *
   * @param cudaVisible the value of CUDA_VISIBLE_DEVICES; null if it is not set
   * @throws InvalidInputException if the address is no number
   */
  Optional<String> visibleDevice(String cudaVisible) {
    return addresses.stream().findFirst().map(address -> visible(address, cudaVisible));
  }

  private static String visible(String address, String cudaVisible) {
    if (!address.matches("\\d+")) {
      throw InvalidInputException.of(
          "Spark has assigned the GPU %s on host %s, which is no number; let the discovery script give"
              + " numbers as nvidia-smi counts, as deploy/gpu-resources.sh does.",
          address, Machine.here().host());
    }
    if (cudaVisible == null) {
      return address;
    }
    int place = Arrays.asList(cudaVisible.replace(" ", "").split(",")).indexOf(address);
    return place < 0 ? address : Integer.toString(place);
  }
}
