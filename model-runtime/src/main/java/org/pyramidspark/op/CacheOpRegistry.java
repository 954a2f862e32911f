package org.pyramidspark.op;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The process's one registration of the op with TensorFlow, and the engines' ops by number.
 * TensorFlow keeps one registry of ops for the whole process and makes kernels out of nothing but a
 * node's attributes, so this is the one place where an engine's op is found by a number.
 * Thread-safe.
 */
final class CacheOpRegistry {
  /** The op's name in graphs. */
  static final String OP = "PyramidCache";

  private final Map<Long, CacheOp> ops = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  private CacheOpRegistry() {
    new TensorFlowNative()
        .register(
            OP,
            new String[] {"T: {float, bfloat16}", "op: int", "layer: int"},
            new String[] {"qkv: T"},
            new String[] {"context: T", "rows: int32"},
            node -> {
              CacheOp op = ops.get(node.intAttribute("op"));
              int layer = (int) node.intAttribute("layer");
              return invocation -> op.compute(layer, invocation);
            });
  }

  private static final class Holder {
    static final CacheOpRegistry INSTANCE = new CacheOpRegistry();
  }

  static CacheOpRegistry instance() {
    return Holder.INSTANCE;
  }

  long add(CacheOp op) {
    long number = last.incrementAndGet();
    ops.put(number, op);
    return number;
  }

  void remove(long number) {
    ops.remove(number);
  }
}
