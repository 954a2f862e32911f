package org.pyramidspark.graph;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.MatMulDevice;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.op.DecoderOps;
import org.pyramidspark.op.StepPart;
import org.pyramidspark.op.StepShare;
import org.pyramidspark.op.StepTimes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One model of the Llama family as a TensorFlow graph with its session and weights. A step takes
 * the token ids of all its rows, packed without padding, and gives the logits of each sequence's
 * last row. Used by the engine's thread alone.
 */
public final class DecoderGraph implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DecoderGraph.class);

  private final boolean deterministic;
  private final Graph graph;
  private final Session session;
  private final DecoderOps ops;
  private final DecoderNodes<?> nodes;
  private final MatMulDevice device;

  private DecoderGraph(
      Graph graph,
      Session session,
      DecoderOps ops,
      DecoderNodes<?> nodes,
      MatMulDevice device,
      boolean deterministic) {
    this.device = device;
    this.deterministic = deterministic;
    this.graph = graph;
    this.session = session;
    this.ops = ops;
    this.nodes = nodes;
  }

  /** Builds the graph and loads the weights. */
  public static DecoderGraph open(Checkpoint checkpoint, EngineOptions options) {
    ModelConfig model = checkpoint.config();
    DecoderOps ops = new DecoderOps(model, options);
    Graph graph = new Graph();
    DecoderNodes<?> nodes =
        switch (options.computeType()) {
          case FLOAT32 -> DecoderNodes.build(graph, model, ops, options, TFloat32.class);
          case BFLOAT16 -> DecoderNodes.build(graph, model, ops, options, TBfloat16.class);
        };
    Session session =
        new Session(graph, Devices.session(options.matMulDevice(), options.threads()));
    nodes.weights().load(session, checkpoint);
    boolean deterministic = nodes.rowIndependence().holds(session, nodes.leastRows());
    if (!deterministic) {
      LOG.warn(
          "On this machine TensorFlow's MatMuls sum in another order for other numbers of rows, so"
              + " where two tokens nearly tie a row's completion may depend on its batch.");
    }
    return new DecoderGraph(graph, session, ops, nodes, options.matMulDevice(), deterministic);
  }

  /**
   * Computes one step: every share's rows go through all layers, its cache grows, and what its
   * policy does not keep is dropped.
   *
   * @param shares the sequences that take part, all with prompts or all with generated tokens
   * @param tokens their token ids, packed in the same order
   * @return one row of logits for each share, in order; the caller closes it
   * @throws OutOfMemoryError if memory runs out, in the heap or outside of it; caches of the shares
   *     are of no use any more
   */
  public Logits run(List<StepShare> shares, int[] tokens) {
    boolean decode = shares.getFirst() instanceof StepShare.Decode;
    ops.begin(shares, decode, nodes.leastRows(decode));
    ops.times().mark(StepPart.IDLE);
    try (TInt32 ids = TInt32.tensorOf(Shape.of(tokens.length))) {
      TensorMemory.of(ids).copyFrom(MemorySegment.ofArray(tokens));
      var result = session.runner().feed(nodes.ids(), ids).fetch(nodes.logits(decode)).run();
      ops.times().mark(StepPart.DISPATCH);
      return new Logits((TFloat32) result.get(0));
    } catch (TFResourceExhaustedException shortage) {
      throw (OutOfMemoryError) new OutOfMemoryError(shortage.getMessage()).initCause(shortage);
    }
  }

  /** Where the time of steps went; what the engine does between them is its own to mark. */
  public StepTimes times() {
    return ops.times();
  }

  /** Whether a sequence's numbers are the same, bit for bit, in any company. */
  public boolean isDeterministic() {
    return deterministic;
  }

  /** Name of the cache op's kernels, and where MatMuls run if not beside them. */
  public String kernels() {
    return ops.kernels() + (device.isHost() ? "" : ", MatMuls on " + device);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
    ops.close();
  }
}
