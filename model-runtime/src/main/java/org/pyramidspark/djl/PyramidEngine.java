package org.pyramidspark.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.util.passthrough.PassthroughNDManager;
import java.util.Optional;
import org.pyramidspark.errors.InvalidInputException;

/** The engine as DJL sees it: it makes models, and has no arrays of its own. Immutable. */
public final class PyramidEngine extends Engine {
  /** What to give {@code optEngine}. */
  public static final String NAME = "PyramidInfer";

  /** DJL's default is the engine of the lowest rank; the one in its API has 15. */
  static final int RANK = 100;

  PyramidEngine() {}

  @Override
  public String getEngineName() {
    return NAME;
  }

  @Override
  public int getRank() {
    return RANK;
  }

  /** There is none: arrays are not computed here. */
  @Override
  public Engine getAlternativeEngine() {
    return null;
  }

  @Override
  public String getVersion() {
    return Optional.ofNullable(PyramidEngine.class.getPackage().getImplementationVersion())
        .orElse("not packaged");
  }

  @Override
  public boolean hasCapability(String capability) {
    return false;
  }

  /**
   * @throws InvalidInputException if the device is not the CPU
   */
  @Override
  public Model newModel(String name, Device device) {
    if (device != null && !device.equals(Device.cpu())) {
      throw InvalidInputException.of(
          "Device is %s, and engine %s runs on cpu(); leave optDevice out.", device, NAME);
    }
    return new PyramidModel(name, newBaseManager(device));
  }

  @Override
  public NDManager newBaseManager() {
    return newBaseManager(null);
  }

  @Override
  public NDManager newBaseManager(Device device) {
    return new PassthroughNDManager(this, device);
  }
}
