package org.pyramidspark.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/** How DJL finds the engine; loads nothing until it is asked for. */
public final class PyramidEngineProvider implements EngineProvider {

  /** DJL reports its use over the network as soon as it has found its engines; we never do. */
  public PyramidEngineProvider() {
    System.getProperties().putIfAbsent("OPT_OUT_TRACKING", "true");
  }

  @Override
  public String getEngineName() {
    return PyramidEngine.NAME;
  }

  @Override
  public int getEngineRank() {
    return PyramidEngine.RANK;
  }

  @Override
  public Engine getEngine() {
    return Holder.ENGINE;
  }

  private static final class Holder {
    static final Engine ENGINE = new PyramidEngine();
  }
}
