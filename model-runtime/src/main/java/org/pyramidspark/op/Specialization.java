package org.pyramidspark.op;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.config.KvType;

/**
 * What a class of hot loops is compiled for. The just-in-time compiler makes vector instructions
 * only where the species is a constant to it, that is a {@code static final} field; so such a class
 * is a template, of which {@link #load} defines one hidden class for each specialization, with this
 * record as its class data. All widths, types and row counts then have compiled code of their own,
 * in one JVM, out of one source.
 *
 * @param vectorBits 128, 256 or 512
 * @param type element type of the cache
 * @param rows query vectors that share one load of the cache
 */
record Specialization(int vectorBits, KvType type, int rows) {

  /** In a template's static initialiser: what the template was loaded for. */
  static Specialization of(Lookup template) {
    try {
      return MethodHandles.classData(template, ConstantDescs.DEFAULT_NAME, Specialization.class);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  VectorSpecies<Float> floats() {
    return VectorSpecies.of(float.class, VectorShape.forBitSize(vectorBits));
  }

  VectorSpecies<Integer> ints() {
    return VectorSpecies.of(int.class, VectorShape.forBitSize(vectorBits));
  }

  /** As many shorts as {@link #ints()} has ints. */
  VectorSpecies<Short> halfShorts() {
    return VectorSpecies.of(short.class, VectorShape.forBitSize(vectorBits / 2));
  }

  /**
   * A template's loops, specialised.
   *
   * @param loops the interface they are called by
   * @param template a class of this package without inner classes, with a constructor of no
   *     arguments
   */
  <T> T load(Class<T> loops, Class<? extends T> template) {
    Lookup own = MethodHandles.lookup();
    String file = template.getSimpleName() + ".class";
    try (InputStream code = template.getResourceAsStream(file)) {
      Lookup hidden = own.defineHiddenClassWithClassData(code.readAllBytes(), this, true);
      MethodType noArguments = MethodType.methodType(void.class);
      return loops.cast(hidden.findConstructor(hidden.lookupClass(), noArguments).invoke());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Throwable e) {
      throw new IllegalStateException("Cannot specialise " + template.getName() + ": " + this, e);
    }
  }
}
