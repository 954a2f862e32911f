package org.pyramidspark.graph;

import java.util.List;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.MatMulDevice;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.graph.Weight.Part;
import org.pyramidspark.op.DecoderOps;
import org.pyramidspark.op.WeightLayout;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The nodes of a Llama decoder. The residual stream and the norms are float32; weights and what
 * goes into a MatMul are of type {@code T}. Since nobody needs a row after the layer that drops it,
 * the residual stream shrinks right after the attention, not at the layer's end.
 */
final class DecoderNodes<T extends TNumber> {
  private final Graph graph;
  private final Ops tf;

  /** Where MatMuls run, with their weights. */
  private final Ops dense;

  private final ModelConfig model;
  private final DecoderOps ops;
  private final Class<T> type;
  private final WeightLayout multiplied;
  private final GraphWeights<T> weights;
  private final RowIndependence rowIndependence = new RowIndependence();
  private final Placeholder<TInt32> ids;
  private boolean allProjected = true;
  private final Operand<TFloat32> prefillLogits;
  private final Operand<TFloat32> decodeLogits;

  private DecoderNodes(
      Graph graph, ModelConfig model, DecoderOps ops, EngineOptions options, Class<T> type) {
    this.graph = graph;
    MatMulDevice device = options.matMulDevice();
    Ops anywhere = Ops.create(graph);
    // Unless told otherwise TensorFlow puts on a GPU what can be there, and copies what it needs.
    this.tf = device.isHost() ? anywhere : anywhere.withDevice(Devices.spec(MatMulDevice.HOST));
    this.dense = device.isHost() ? tf : anywhere.withDevice(Devices.spec(device));
    this.model = model;
    this.ops = ops;
    this.type = type;
    // Where TensorFlow decodes, the faster order differs by type: oneDNN's float32 kernels read
    // [in, out] at up to 1.8 x the rate of [out, in], its bfloat16 kernels the other way round.
    this.multiplied =
        ops.projects() || options.computeType() == ComputeType.BFLOAT16
            ? WeightLayout.OUT_IN
            : WeightLayout.IN_OUT;
    this.weights = new GraphWeights<>(tf, dense, options.computeType(), type);
    this.ids = tf.placeholder(TInt32.class);
    this.prefillLogits = new Decoder("prefill/", ops.projectsManyRows()).logits();
    boolean twoWays = ops.projects() && !ops.projectsManyRows();
    this.decodeLogits = twoWays ? new Decoder("decode/", true).logits() : prefillLogits;
  }

  static <T extends TNumber> DecoderNodes<T> build(
      Graph graph, ModelConfig model, DecoderOps ops, EngineOptions options, Class<T> type) {
    return new DecoderNodes<>(graph, model, ops, options, type);
  }

  /** Token ids, int32 {@code [rows]}. */
  Placeholder<TInt32> ids() {
    return ids;
  }

  /**
   * Float32 {@code [sequences, vocabularySize]}. Prompts go through whichever MatMuls are faster
   * for many rows, TensorFlow's or projections of ours, generated tokens through projections where
   * there are some. The kind alone decides, not the number of rows: the two sum in different
   * orders.
   */
  Operand<TFloat32> logits(boolean decode) {
    return decode ? decodeLogits : prefillLogits;
  }

  GraphWeights<T> weights() {
    return weights;
  }

  /** Rows that every MatMul of a pass must get at least; none where all are projections of ours. */
  int leastRows(boolean decode) {
    boolean projected = ops.projectsManyRows() || decode && ops.projects();
    return projected && allProjected ? 1 : leastRows();
  }

  /**
   * Rows from which on TensorFlow's MatMuls sum in one order, seen on x86-64: oneDNN's float32
   * kernels take a transposed weight otherwise for fewer than 16 rows, and all take a single row
   * otherwise.
   */
  int leastRows() {
    return multiplied == WeightLayout.OUT_IN && type == TFloat32.class ? 16 : 2;
  }

  /** To be asked once the weights are loaded. */
  RowIndependence rowIndependence() {
    return rowIndependence;
  }

  /** One way through the decoder; all ways share the weights. */
  private final class Decoder {
    private final String name;
    private final boolean projected;

    /**
     * @param name prefix of its nodes
     * @param projected whether projections of ours are the faster ones in its steps
     */
    Decoder(String name, boolean projected) {
      this.name = name;
      this.projected = projected;
    }

    Operand<TFloat32> logits() {
      Operand<T> embedding = weights.matrix(embedding());
      DecoderOps.Normed<T> rows = ops.embed(graph, name + "embed", embedding, ids, scale(0));
      for (int layer = 0; layer < model.numLayers(); layer++) {
        rows = layer(layer, rows);
      }
      return head(rows.normed(), embedding);
    }

    /** Scale of the norm before a layer's attention; before the output head after the last. */
    private Operand<TFloat32> scale(int layer) {
      String tensor =
          layer < model.numLayers() ? block(layer) + "attn_norm.weight" : "output_norm.weight";
      return weights.vector(tensor, model.hiddenSize());
    }

    private String block(int layer) {
      return "blk." + layer + ".";
    }

    /** The table by token, of shape {@code [vocabulary, hidden]}. */
    private Weight embedding() {
      int in = model.hiddenSize();
      int out = model.vocabularySize();
      return Weight.projection("token_embd.weight", in, out, ops.layout(in, out));
    }

    /** The layout of what is multiplied, by a projection of ours if it can be. */
    private WeightLayout layout(int in, int out) {
      return ops.canProject(in, out) ? ops.layout(in, out) : multiplied;
    }

    /** Sequences are few, so their last rows go the way of few rows if there is one. */
    private Operand<TFloat32> head(Operand<T> normed, Operand<T> embedding) {
      Weight head = outputHead();
      boolean shared =
          model.tiedEmbeddings() && head.layout() == embedding().layout() && dense == tf;
      Operand<T> weight = shared ? embedding : weights.multiplied(head);
      boolean possible = ops.canProject(model.hiddenSize(), model.vocabularySize());
      allProjected &= possible;
      if (possible) {
        return ops.project(graph, name + "output_head", normed, weight, head.out(), TFloat32.class);
      }
      return tf.dtypes.cast(multiply(normed, weight, head.layout()), TFloat32.class);
    }

    private Weight outputHead() {
      String tensor = model.tiedEmbeddings() ? "token_embd.weight" : "output.weight";
      return new Weight(
          "output_head",
          List.of(new Part(tensor, model.vocabularySize(), 0)),
          model.hiddenSize(),
          model.vocabularySize(),
          layout(model.hiddenSize(), model.vocabularySize()));
    }

    private DecoderOps.Normed<T> layer(int layer, DecoderOps.Normed<T> rows) {
      String block = block(layer);
      Operand<T> qkv = project(rows.normed(), qkv(block));
      DecoderOps.Attention<T> attention = ops.attend(graph, name + block + "attention", qkv, layer);
      Operand<?> output =
          projectDelta(
              attention.context(),
              Weight.projection(
                  block + "attn_output.weight",
                  model.attentionSize(),
                  model.hiddenSize(),
                  layout(model.attentionSize(), model.hiddenSize())));
      DecoderOps.Normed<T> attended =
          ops.gatherAddNorm(
              graph,
              name + block + "attention_norm",
              rows.residual(),
              attention.rows(),
              output,
              weights.vector(block + "ffn_norm.weight", model.hiddenSize()),
              type);
      return ops.addNorm(
          graph,
          name + block + "ffn_norm",
          attended.residual(),
          feedForward(attended.normed(), block),
          scale(layer + 1),
          type);
    }

    private Weight qkv(String block) {
      int kvSize = model.numKvHeads() * model.headSize();
      return new Weight(
          block + "attn_qkv.weight",
          List.of(
              new Part(block + "attn_q.weight", model.attentionSize(), model.numHeads()),
              new Part(block + "attn_k.weight", kvSize, model.numKvHeads()),
              new Part(block + "attn_v.weight", kvSize, 0)),
          model.hiddenSize(),
          model.qkvSize(),
          layout(model.hiddenSize(), model.qkvSize()));
    }

    /** SwiGLU: down(silu(gate(x)) * up(x)). */
    private Operand<?> feedForward(Operand<T> normed, String block) {
      int size = model.intermediateSize();
      Weight gateUp =
          new Weight(
              block + "ffn_gate_up.weight",
              List.of(
                  new Part(block + "ffn_gate.weight", size, 0),
                  new Part(block + "ffn_up.weight", size, 0)),
              model.hiddenSize(),
              2 * size,
              layout(model.hiddenSize(), 2 * size));
      Operand<T> activated = ops.swiGlu(graph, name + block + "swiglu", project(normed, gateUp));
      return projectDelta(
          activated,
          Weight.projection(
              block + "ffn_down.weight",
              size,
              model.hiddenSize(),
              layout(size, model.hiddenSize())));
    }

    /** What goes into another op. */
    private Operand<T> project(Operand<T> x, Weight weight) {
      return isOurs(weight) ? projection(x, weight, type) : product(x, weight);
    }

    /** What is added to the residual stream: not rounded before, but by TensorFlow's MatMul. */
    private Operand<?> projectDelta(Operand<T> x, Weight weight) {
      return isOurs(weight) ? projection(x, weight, TFloat32.class) : product(x, weight);
    }

    private boolean isOurs(Weight weight) {
      boolean possible = ops.canProject(weight.in(), weight.out());
      allProjected &= possible;
      return projected && possible;
    }

    private <U extends TNumber> Operand<U> projection(
        Operand<T> x, Weight weight, Class<U> result) {
      return ops.project(
          graph, name + weight.name(), x, weights.matrix(weight), weight.out(), result);
    }

    private Operand<T> product(Operand<T> x, Weight weight) {
      Operand<T> matrix = weights.multiplied(weight);
      if (weight.name().startsWith(block(0))) {
        Placeholder<TFloat32> rows = tf.placeholder(TFloat32.class);
        Operand<T> product = multiply(tf.dtypes.cast(rows, type), matrix, weight.layout());
        rowIndependence.add(rows, tf.dtypes.cast(product, TFloat32.class), weight.in());
      }
      return multiply(x, matrix, weight.layout());
    }

    private Operand<T> multiply(Operand<T> x, Operand<T> matrix, WeightLayout layout) {
      return dense.linalg.matMul(x, matrix, MatMul.transposeB(layout == WeightLayout.OUT_IN));
    }
  }
}
