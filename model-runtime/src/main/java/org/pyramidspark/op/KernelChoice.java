package org.pyramidspark.op;

import org.pyramidspark.config.EngineOptions.Kernel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where an implementation of the kernels is chosen. */
final class KernelChoice {
  private static final Logger LOG = LoggerFactory.getLogger(KernelChoice.class);

  private KernelChoice() {}

  static CacheKernels of(Kernel wanted) {
    return switch (wanted) {
      case SCALAR -> new ScalarKernels();
      case VECTOR -> new VectorKernels();
      case AUTO -> vectorOrScalar();
    };
  }

  private static CacheKernels vectorOrScalar() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      return new VectorKernels();
    }
    LOG.warn(
        "Attention runs on the slow scalar kernels, since the Vector API is missing; start Java with"
            + " --add-modules=jdk.incubator.vector");
    return new ScalarKernels();
  }
}
