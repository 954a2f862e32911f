package org.pyramidspark.op;

import java.util.Optional;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions.Kernel;
import org.pyramidspark.machinecode.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where an implementation of the kernels is chosen. */
record KernelChoice(CacheKernels cache, RowKernels rows, boolean machineCode) {
  private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);

  static KernelChoice of(Kernel wanted) {
    return switch (wanted) {
      case SCALAR -> scalar();
      case VECTOR -> vector();
      case AUTO -> vectorOrScalar();
    };
  }

  private static KernelChoice scalar() {
    return new KernelChoice(new ScalarKernels(), new ScalarRowKernels(), false);
  }

  private static KernelChoice vector() {
    return new KernelChoice(new VectorKernels(), new VectorRowKernels(), true);
  }

  private static KernelChoice vectorOrScalar() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      return vector();
    }
    LOG.warn(
        "Attention runs on the slow scalar kernels, since the Vector API is missing; start Java with"
            + " --add-modules=jdk.incubator.vector");
    return scalar();
  }

  /**
   * The product where the machine can do better than TensorFlow's MatMul: of any number of rows in
   * panels, of few rows where TensorFlow multiplies many by the processor's tiles (AMX).
   */
  Optional<ProjectionKernel> projection(ComputeType type) {
    Processor processor = Processor.detect();
    if (!machineCode || !processor.vectors256()) {
      return Optional.empty();
    }
    boolean tiles = type == ComputeType.BFLOAT16 && processor.bfloat16Tiles();
    return Optional.of(tiles ? new MachineProjection() : new PanelProjection(type, processor));
  }
}
