package org.pyramidspark.planning;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.pyramidspark.cache.NativeMemory;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * The most that this machine gives, measured: yardsticks for everything that runs on it in the same
 * minutes.
 *
 * @param float32Flops floating-point operations a second of TensorFlow's large float32 MatMuls
 * @param bfloat16Flops those of its bfloat16 MatMuls
 * @param memoryBytes bytes a second that all threads together read from memory
 */
public record MachineRates(double float32Flops, double bfloat16Flops, double memoryBytes) {
  private static final int REPEATS = 7;
  private static final int SIZE = 2048;

  /** Far more than any processor's cache. */
  private static final long READ_BYTES = 512L << 20;

  /** Measures for some seconds, with so many threads; nothing else should run meanwhile. */
  public static MachineRates measure(int threads) {
    return new MachineRates(
        matMul(TFloat32.class, threads), matMul(TBfloat16.class, threads), memory(threads));
  }

  private static double best(DoubleSupplier rate) {
    return DoubleStream.generate(rate).limit(REPEATS).max().orElseThrow();
  }

  private static <T extends TNumber> double matMul(Class<T> type, int threads) {
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(1)
            .putDeviceCount("GPU", 0)
            .build();
    try (Graph graph = new Graph();
        Session session = new Session(graph, config)) {
      Ops tf = Ops.create(graph);
      Operand<T> ones =
          tf.dtypes.cast(tf.fill(tf.constant(new int[] {SIZE, SIZE}), tf.constant(1f)), type);
      VarHandleOp matrix =
          tf.varHandleOp(type, Shape.of(SIZE, SIZE), VarHandleOp.sharedName("matrix"));
      var assign = tf.assignVariableOp(matrix, ones);
      Operand<T> read = tf.readVariableOp(matrix, type);
      var product = tf.linalg.matMul(read, read);
      session.runner().addTarget(assign).run().close();
      return best(
          () -> {
            long start = System.nanoTime();
            session.runner().addTarget(product).run().close();
            return 2.0 * SIZE * SIZE * SIZE / seconds(start);
          });
    }
  }

  private static double memory(int threads) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(READ_BYTES, 4096);
      memory.fill((byte) 1);
      return best(() -> read(memory, threads));
    }
  }

  private static double read(MemorySegment memory, int threads) {
    long share = READ_BYTES / threads / 64 * 64;
    long[] sums = new long[threads];
    List<Thread> readers = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      int reader = i;
      long from = memory.address() + i * share;
      readers.add(Thread.ofPlatform().start(() -> sums[reader] = sum(from, from + share)));
    }
    for (Thread reader : readers) {
      join(reader);
    }
    return share * threads / seconds(start);
  }

  /** Reads every byte; four sums, so that additions do not wait for each other. */
  private static long sum(long from, long to) {
    long a = 0;
    long b = 0;
    long c = 0;
    long d = 0;
    for (long at = from; at < to; at += 32) {
      a += NativeMemory.longAt(at);
      b += NativeMemory.longAt(at + 8);
      c += NativeMemory.longAt(at + 16);
      d += NativeMemory.longAt(at + 24);
    }
    return a + b + c + d;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
