package org.pyramidspark.op;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.TensorFlowNative.Invocation;

/**
 * The process's one registration of the ops with TensorFlow, and the engines' ops by number.
 * TensorFlow keeps one registry of ops for the whole process and makes kernels out of nothing but a
 * node's attributes, so this is the one place where an engine's ops are found by a number.
 * Thread-safe.
 */
final class OpRegistry {
  static final String CACHE = "PyramidCache";
  static final String EMBED = "PyramidEmbed";
  static final String ADD_NORM = "PyramidAddNorm";
  static final String GATHER_ADD_NORM = "PyramidGatherAddNorm";
  static final String SWI_GLU = "PyramidSwiGlu";
  static final String PROJECT = "PyramidProject";

  private static final String ELEMENT_TYPE = "T: {float, bfloat16}";
  private static final String ENGINE = "engine: int";
  private static final String[] RESIDUAL_AND_NORMED = {"sum: float", "normed: T"};

  private final TensorFlowNative tensorFlow = new TensorFlowNative();
  private final Map<Long, DecoderOps> engines = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  private OpRegistry() {
    tensorFlow.register(
        CACHE,
        new String[] {ELEMENT_TYPE, ENGINE, "layer: int"},
        new String[] {"qkv: T"},
        new String[] {"context: T", "rows: int32"},
        node -> {
          DecoderOps ops = engines.get(node.intAttribute("engine"));
          int layer = (int) node.intAttribute("layer");
          return invocation -> {
            ops.startKernel();
            ops.cache().compute(layer, invocation);
          };
        });
    register(
        EMBED,
        new String[] {"table: T", "ids: int32", "scale: float"},
        RESIDUAL_AND_NORMED,
        RowOps::embed);
    registerNorm(
        ADD_NORM, new String[] {"residual: float", "delta: D", "scale: float"}, RowOps::addNorm);
    registerNorm(
        GATHER_ADD_NORM,
        new String[] {"residual: float", "chosen: int32", "delta: D", "scale: float"},
        RowOps::gatherAddNorm);
    register(SWI_GLU, new String[] {"gate_up: T"}, new String[] {"activated: T"}, RowOps::swiGlu);
    registerProjection();
  }

  private void registerProjection() {
    tensorFlow.register(
        PROJECT,
        new String[] {ELEMENT_TYPE, "U: {float, bfloat16}", ENGINE, "rounded: int", "outputs: int"},
        new String[] {"x: T", "weight: T"},
        new String[] {"y: U"},
        node -> {
          DecoderOps ops = engines.get(node.intAttribute("engine"));
          ComputeType result = type(node.intAttribute("rounded"));
          int outputs = (int) node.intAttribute("outputs");
          return invocation -> {
            ops.startKernel();
            ops.projection().compute(outputs, result, invocation);
            ops.times().mark(StepPart.PROJECTION);
          };
        });
  }

  private interface NormOp {
    void compute(RowOps ops, ComputeType delta, Invocation invocation);
  }

  private void registerNorm(String name, String[] inputs, NormOp op) {
    tensorFlow.register(
        name,
        new String[] {ELEMENT_TYPE, "D: {float, bfloat16}", ENGINE, "rounded: int"},
        inputs,
        RESIDUAL_AND_NORMED,
        node -> {
          DecoderOps ops = engines.get(node.intAttribute("engine"));
          ComputeType delta = type(node.intAttribute("rounded"));
          return invocation -> {
            ops.startKernel();
            op.compute(ops.rows(), delta, invocation);
            ops.times().mark(StepPart.NORM_AND_ACTIVATION);
          };
        });
  }

  private static ComputeType type(long rounded) {
    return rounded == 1 ? ComputeType.BFLOAT16 : ComputeType.FLOAT32;
  }

  private interface RowOp {
    void compute(RowOps ops, Invocation invocation);
  }

  private void register(String name, String[] inputs, String[] outputs, RowOp op) {
    tensorFlow.register(
        name,
        new String[] {ELEMENT_TYPE, ENGINE},
        inputs,
        outputs,
        node -> {
          DecoderOps ops = engines.get(node.intAttribute("engine"));
          return invocation -> {
            ops.startKernel();
            op.compute(ops.rows(), invocation);
            ops.times().mark(StepPart.NORM_AND_ACTIVATION);
          };
        });
  }

  private static final class Holder {
    static final OpRegistry INSTANCE = new OpRegistry();
  }

  static OpRegistry instance() {
    return Holder.INSTANCE;
  }

  long add(DecoderOps ops) {
    long number = last.incrementAndGet();
    engines.put(number, ops);
    return number;
  }

  void remove(long number) {
    engines.remove(number);
  }
}
