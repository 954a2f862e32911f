package org.pyramidspark.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.op.WeightLayout;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * The graph's weights as TensorFlow variables: constants would hit the 2 GB limit of graphs, feeds
 * would be copied at every step. Nodes are made while the graph is built; {@link #load} then fills
 * them.
 */
final class GraphWeights<T extends TType> {
  private final Ops tf;
  private final Ops dense;
  private final ComputeType computeType;
  private final Class<T> elementType;
  private final List<Variable<?>> variables = new ArrayList<>();
  private final Map<String, Operand<TFloat32>> vectors = new HashMap<>();
  private final Map<String, Operand<T>> matrices = new HashMap<>();

  /**
   * @param tf where the graph's other nodes are
   * @param dense where MatMuls are
   */
  GraphWeights(Ops tf, Ops dense, ComputeType computeType, Class<T> elementType) {
    this.tf = tf;
    this.dense = dense;
    this.computeType = computeType;
    this.elementType = elementType;
  }

  private record Variable<E extends TType>(
      Weight weight, Class<E> type, Shape shape, Placeholder<E> feed, AssignVariableOp assign) {}

  /** A matrix in the compute type; the same variable whenever it is asked for. */
  Operand<T> matrix(Weight weight) {
    return matrices.computeIfAbsent(weight.name(), name -> newMatrix(tf, weight));
  }

  /** As {@link #matrix}, where MatMuls are; a weight is asked for there or here. */
  Operand<T> multiplied(Weight weight) {
    return matrices.computeIfAbsent(weight.name(), name -> newMatrix(dense, weight));
  }

  private Operand<T> newMatrix(Ops device, Weight weight) {
    Shape shape =
        weight.layout() == WeightLayout.IN_OUT
            ? Shape.of(weight.in(), weight.out())
            : Shape.of(weight.layout().room(weight.out()), weight.in());
    return variable(device, weight, elementType, shape);
  }

  /** A vector in float32: the scale of a norm; the same variable whenever it is asked for. */
  Operand<TFloat32> vector(String tensor, int size) {
    return vectors.computeIfAbsent(tensor, name -> newVector(name, size));
  }

  private Operand<TFloat32> newVector(String tensor, int size) {
    return variable(
        tf,
        new Weight(tensor, List.of(), size, 0, WeightLayout.OUT_IN),
        TFloat32.class,
        Shape.of(size));
  }

  private <E extends TType> Operand<E> variable(
      Ops device, Weight weight, Class<E> type, Shape shape) {
    VarHandleOp handle = device.varHandleOp(type, shape, VarHandleOp.sharedName(weight.name()));
    Placeholder<E> feed = tf.placeholder(type, Placeholder.shape(shape));
    variables.add(new Variable<>(weight, type, shape, feed, device.assignVariableOp(handle, feed)));
    return device.readVariableOp(handle, type);
  }

  /**
   * Reads all weights out of the checkpoint, several at once, and assigns them in one run: every
   * set of targets costs TensorFlow a walk over the whole graph. The variables take over the
   * tensors' memory, nothing is copied.
   */
  void load(Session session, Checkpoint checkpoint) {
    WeightReader reader = new WeightReader(checkpoint);
    List<TType> tensors =
        variables.parallelStream().<TType>map(variable -> read(reader, variable)).toList();
    try {
      assign(session, tensors);
    } finally {
      tensors.forEach(TType::close);
    }
  }

  private <E extends TType> E read(WeightReader reader, Variable<E> variable) {
    E tensor = Tensor.of(variable.type(), variable.shape());
    Weight weight = variable.weight();
    if (weight.out() == 0) {
      reader.readVector(weight.name(), TensorMemory.of(tensor));
    } else {
      reader.readMatrix(weight, computeType, TensorMemory.of(tensor));
    }
    return tensor;
  }

  private void assign(Session session, List<TType> tensors) {
    Session.Runner runner = session.runner();
    for (int i = 0; i < tensors.size(); i++) {
      Variable<?> variable = variables.get(i);
      runner.feed(variable.feed(), tensors.get(i)).addTarget(variable.assign());
    }
    runner.run().close();
  }
}
