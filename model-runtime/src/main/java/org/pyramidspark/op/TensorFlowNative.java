package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.pyramidspark.config.ComputeType;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.DataType;

/**
 * TensorFlow's C API for ops and kernels, through {@code java.lang.foreign}: the one owner of all
 * its foreign function handles. TensorFlow Java has no binding for these functions, but the library
 * that it loads exports them. Every status is checked and its message kept.
 *
 * <p>Thread-safe: immutable, and the functions are.
 */
final class TensorFlowNative {
  private static final int TF_RESOURCE_EXHAUSTED = 8;
  private static final int TF_INTERNAL = 13;
  private static final String MAX_PROCESS_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup library = loadedLibrary();

  private final MethodHandle newStatus = function("TF_NewStatus", FunctionDescriptor.of(ADDRESS));
  private final MethodHandle deleteStatus = procedure("TF_DeleteStatus", ADDRESS);
  private final MethodHandle setStatus = procedure("TF_SetStatus", ADDRESS, JAVA_INT, ADDRESS);
  private final MethodHandle getCode =
      function("TF_GetCode", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private final MethodHandle message =
      function("TF_Message", FunctionDescriptor.of(ADDRESS, ADDRESS));
  private final MethodHandle getInput =
      procedure("TF_GetInput", ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  private final MethodHandle allocateOutput =
      function(
          "TF_AllocateOutput",
          FunctionDescriptor.of(
              ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS));
  private final MethodHandle tensorData =
      function("TF_TensorData", FunctionDescriptor.of(ADDRESS, ADDRESS));
  private final MethodHandle tensorType =
      function("TF_TensorType", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private final MethodHandle tensorDim =
      function("TF_Dim", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT));
  private final MethodHandle deleteTensor = procedure("TF_DeleteTensor", ADDRESS);
  private final MethodHandle getAttrInt =
      procedure("TF_OpKernelConstruction_GetAttrInt64", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private final MethodHandle failContext =
      procedure("TF_OpKernelContext_Failure", ADDRESS, ADDRESS);
  private final MethodHandle failConstruction =
      procedure("TF_OpKernelConstruction_Failure", ADDRESS, ADDRESS);

  /** TensorFlow's number of an element type. */
  static int number(ComputeType type) {
    return switch (type) {
      case FLOAT32 -> DataType.DT_FLOAT_VALUE;
      case BFLOAT16 -> DataType.DT_BFLOAT16_VALUE;
    };
  }

  /** Initialises TensorFlow and finds the library that it loaded. */
  private static SymbolLookup loadedLibrary() {
    allowMemoryOutsideTheHeap();
    TensorFlow.version();
    for (String file : Loader.getLoadedLibraries().values()) {
      if (Path.of(file).getFileName().toString().startsWith("libtensorflow_framework")) {
        return SymbolLookup.libraryLookup(Path.of(file), Arena.global());
      }
    }
    throw new IllegalStateException(
        "TensorFlow loaded no libtensorflow_framework; its natives for this system are missing from"
            + " the class path.");
  }

  /**
   * JavaCPP, which TensorFlow Java stands on, refuses tensors once the process takes more than four
   * times the largest heap. Weights and KV cache lie outside of the heap, so this is lifted unless
   * the user has set it.
   */
  private static void allowMemoryOutsideTheHeap() {
    if (System.getProperty(MAX_PROCESS_BYTES) == null) {
      System.setProperty(MAX_PROCESS_BYTES, "0");
    }
  }

  /** Java's side of one custom op: a kernel is made per node of a graph. */
  interface KernelFactory {
    /** Makes the kernel of one node; an exception becomes the node's error. */
    Kernel create(Construction construction);
  }

  /**
   * Computes one node; called by TensorFlow's threads, one call at a time per step of a session.
   */
  interface Kernel {
    void compute(Invocation invocation);

    default void delete() {}
  }

  /**
   * Defines an op and registers its kernel for the CPU; once per process and name.
   *
   * @param attributes specifications such as {@code "T: {float, bfloat16}"}
   * @param inputs specifications such as {@code "qkv: T"}
   * @param outputs specifications such as {@code "rows: int32"}
   */
  void register(
      String op, String[] attributes, String[] inputs, String[] outputs, KernelFactory factory) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment builder =
          (MemorySegment)
              function("TF_NewOpDefinitionBuilder", FunctionDescriptor.of(ADDRESS, ADDRESS))
                  .invoke(arena.allocateFrom(op));
      add(arena, builder, "TF_OpDefinitionBuilderAddAttr", attributes);
      add(arena, builder, "TF_OpDefinitionBuilderAddInput", inputs);
      add(arena, builder, "TF_OpDefinitionBuilderAddOutput", outputs);
      procedure("TF_OpDefinitionBuilderSetIsStateful", ADDRESS, JAVA_BOOLEAN).invoke(builder, true);
      // A graph refuses an op without a shape function; that of unknown shapes can serve directly.
      procedure("TF_OpDefinitionBuilderSetShapeInferenceFunction", ADDRESS, ADDRESS)
          .invoke(builder, library.findOrThrow("TF_ShapeInferenceContextSetUnknownShape"));
      try (Status status = new Status()) {
        procedure("TF_RegisterOpDefinition", ADDRESS, ADDRESS).invoke(builder, status.address);
        status.check("define op " + op);
      }
      registerKernel(arena, op, new Upcalls(factory));
    } catch (Throwable error) {
      throw rethrow(error);
    }
  }

  private void add(Arena arena, MemorySegment builder, String function, String[] specifications)
      throws Throwable {
    MethodHandle add = procedure(function, ADDRESS, ADDRESS);
    for (String specification : specifications) {
      add.invoke(builder, arena.allocateFrom(specification));
    }
  }

  private void registerKernel(Arena arena, String op, Upcalls upcalls) throws Throwable {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    FunctionDescriptor create = FunctionDescriptor.of(ADDRESS, ADDRESS);
    FunctionDescriptor compute = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);
    FunctionDescriptor delete = FunctionDescriptor.ofVoid(ADDRESS);
    MemorySegment builder =
        (MemorySegment)
            function(
                    "TF_NewKernelBuilder",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS))
                .invoke(
                    arena.allocateFrom(op),
                    arena.allocateFrom("CPU"),
                    stub(lookup, upcalls, "create", create),
                    stub(lookup, upcalls, "compute", compute),
                    stub(lookup, upcalls, "delete", delete));
    try (Status status = new Status()) {
      procedure("TF_RegisterKernelBuilder", ADDRESS, ADDRESS, ADDRESS)
          .invoke(arena.allocateFrom(op), builder, status.address);
      status.check("register the kernel of op " + op);
    }
  }

  private MemorySegment stub(
      MethodHandles.Lookup lookup, Upcalls upcalls, String name, FunctionDescriptor descriptor)
      throws ReflectiveOperationException {
    MethodHandle handle =
        lookup.findVirtual(Upcalls.class, name, descriptor.toMethodType()).bindTo(upcalls);
    // TensorFlow's op registry lives as long as the process, and so must what it calls.
    return linker.upcallStub(handle, descriptor, Arena.global());
  }

  /** What TensorFlow calls. An exception must not leave an upcall, or the process dies. */
  final class Upcalls {
    private final KernelFactory factory;
    private final KernelRegistry kernels = new KernelRegistry();

    Upcalls(KernelFactory factory) {
      this.factory = factory;
    }

    MemorySegment create(MemorySegment construction) {
      try {
        return MemorySegment.ofAddress(kernels.add(factory.create(new Construction(construction))));
      } catch (Throwable error) {
        fail(failConstruction, construction, error);
        return MemorySegment.NULL;
      }
    }

    void compute(MemorySegment kernel, MemorySegment context) {
      try {
        kernels.get(kernel.address()).compute(new Invocation(context));
      } catch (Throwable error) {
        fail(failContext, context, error);
      }
    }

    void delete(MemorySegment kernel) {
      Kernel removed = kernels.remove(kernel.address());
      if (removed != null) {
        removed.delete();
      }
    }
  }

  /** A node under construction. */
  final class Construction {
    private final MemorySegment address;

    private Construction(MemorySegment address) {
      this.address = address;
    }

    long intAttribute(String name) {
      try (Arena arena = Arena.ofConfined();
          Status status = new Status()) {
        MemorySegment value = arena.allocate(JAVA_LONG);
        getAttrInt.invokeExact(address, arena.allocateFrom(name), value, status.address);
        status.check("read attribute " + name);
        return value.get(JAVA_LONG, 0);
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }
  }

  /** One call of a kernel: its inputs and outputs. */
  final class Invocation {
    private final MemorySegment context;

    private Invocation(MemorySegment context) {
      this.context = context;
    }

    /** An input; the caller closes it. */
    NativeTensor input(int index) {
      try (Arena arena = Arena.ofConfined();
          Status status = new Status()) {
        MemorySegment tensor = arena.allocate(ADDRESS);
        getInput.invokeExact(context, index, tensor, status.address);
        status.check("read input " + index);
        return new NativeTensor(tensor.get(ADDRESS, 0));
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }

    /** Allocates an output of TensorFlow's type number {@code type}; the caller closes it. */
    NativeTensor output(int index, int type, int elementBytes, long... shape) {
      try (Arena arena = Arena.ofConfined();
          Status status = new Status()) {
        long elements = 1;
        for (long size : shape) {
          elements *= size;
        }
        MemorySegment tensor =
            (MemorySegment)
                allocateOutput.invokeExact(
                    context,
                    index,
                    type,
                    arena.allocateFrom(JAVA_LONG, shape),
                    shape.length,
                    elements * elementBytes,
                    status.address);
        status.check("allocate output " + index);
        return new NativeTensor(tensor);
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }
  }

  /** A reference to a tensor of TensorFlow, given back when closed. */
  final class NativeTensor implements AutoCloseable {
    private final MemorySegment tensor;

    private NativeTensor(MemorySegment tensor) {
      this.tensor = tensor;
    }

    /** Address of the first element. */
    long address() {
      try {
        return ((MemorySegment) tensorData.invokeExact(tensor)).address();
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }

    /** TensorFlow's type number. */
    int type() {
      try {
        return (int) tensorType.invokeExact(tensor);
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }

    long size(int dimension) {
      try {
        return (long) tensorDim.invokeExact(tensor, dimension);
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }

    @Override
    public void close() {
      try {
        deleteTensor.invokeExact(tensor);
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }
  }

  private final class Status implements AutoCloseable {
    private final MemorySegment address;

    Status() {
      try {
        address = (MemorySegment) newStatus.invokeExact();
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }

    void set(int code, String text) throws Throwable {
      try (Arena arena = Arena.ofConfined()) {
        setStatus.invokeExact(address, code, arena.allocateFrom(text));
      }
    }

    void check(String action) throws Throwable {
      if ((int) getCode.invokeExact(address) != 0) {
        MemorySegment text = (MemorySegment) message.invokeExact(address);
        throw new IllegalStateException(
            "TensorFlow could not " + action + ": " + text.reinterpret(1 << 16).getString(0));
      }
    }

    @Override
    public void close() {
      try {
        deleteStatus.invokeExact(address);
      } catch (Throwable error) {
        throw rethrow(error);
      }
    }
  }

  private void fail(MethodHandle failure, MemorySegment target, Throwable error) {
    try (Status status = new Status()) {
      int code = error instanceof OutOfMemoryError ? TF_RESOURCE_EXHAUSTED : TF_INTERNAL;
      status.set(code, String.valueOf(error));
      failure.invokeExact(target, status.address);
    } catch (Throwable second) {
      error.addSuppressed(second);
    }
  }

  private MethodHandle procedure(String name, java.lang.foreign.MemoryLayout... arguments) {
    return function(name, FunctionDescriptor.ofVoid(arguments));
  }

  private MethodHandle function(String name, FunctionDescriptor descriptor) {
    return linker.downcallHandle(library.findOrThrow(name), descriptor);
  }

  private static RuntimeException rethrow(Throwable error) {
    if (error instanceof RuntimeException unchecked) {
      return unchecked;
    }
    if (error instanceof Error fatal) {
      throw fatal;
    }
    return new IllegalStateException(error);
  }
}
