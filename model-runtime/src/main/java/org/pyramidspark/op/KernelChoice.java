package org.pyramidspark.op;

import java.util.Optional;
import org.pyramidspark.config.EngineOptions.Kernel;
import org.pyramidspark.machinecode.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where an implementation of the kernels is chosen. */
record KernelChoice(CacheKernels cache, RowKernels rows, Optional<ProjectionKernel> projection) {
  private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);

  static KernelChoice of(Kernel wanted) {
    return switch (wanted) {
      case SCALAR -> scalar();
      case VECTOR -> vector();
      case AUTO -> vectorOrScalar();
    };
  }

  private static KernelChoice scalar() {
    return new KernelChoice(new ScalarKernels(), new ScalarRowKernels(), Optional.empty());
  }

  private static KernelChoice vector() {
    return new KernelChoice(
        new VectorKernels(),
        new VectorRowKernels(),
        Processor.detect().bfloat16Dots() ? Optional.of(new DotProjection()) : Optional.empty());
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
}
