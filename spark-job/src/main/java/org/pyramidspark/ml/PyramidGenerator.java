package org.pyramidspark.ml;

import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.dataframe.PyramidSpark;

/**
 * Completes the rows of a DataFrame, as a stage of a pipeline: {@link PyramidSpark#generate} with
 * params. It has nothing to fit; what is saved is the params, the model's path among them, not the
 * model.
 */
public final class PyramidGenerator extends GeneratorParams implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  public PyramidGenerator() {
    this(Identifiable.randomUID("PyramidGenerator"));
  }

  /**
   * @param uid names the stage
   */
  public PyramidGenerator(String uid) {
    super(uid);
  }

  public static MLReader<PyramidGenerator> read() {
    return new DefaultParamsReader<>();
  }

  public static PyramidGenerator load(String path) {
    return read().load(path);
  }

  @Override
  public MLWriter write() {
    return DefaultParamsWritable.super.write();
  }

  /**
   * @throws org.pyramidspark.errors.InvalidInputException as {@link PyramidSpark#generate}
   */
  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    return PyramidSpark.generate(rows.toDF(), settings(rows.schema()));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return PyramidSpark.outputSchema(schema, settings(schema));
  }

  @Override
  public PyramidGenerator copy(ParamMap extra) {
    return (PyramidGenerator) defaultCopy(extra);
  }

  public PyramidGenerator setInputCol(String name) {
    return with(INPUT_COL, name);
  }

  public PyramidGenerator setInstructionCol(String name) {
    return with(INSTRUCTION_COL, name);
  }

  public PyramidGenerator setIdCol(String name) {
    return with("idCol", name);
  }

  public PyramidGenerator setReferenceCol(String name) {
    return with("referenceCol", name);
  }

  public PyramidGenerator setMaxNewTokensCol(String name) {
    return with("maxNewTokensCol", name);
  }

  public PyramidGenerator setOutputCol(String name) {
    return with("outputCol", name);
  }

  public PyramidGenerator setModel(String fileOrName) {
    return with("model", fileOrName);
  }

  public PyramidGenerator setPolicy(String policy) {
    return with("policy", policy);
  }

  public PyramidGenerator setMaxNewTokens(int tokens) {
    return with("maxNewTokens", tokens);
  }

  public PyramidGenerator setMaxPromptTokens(int tokens) {
    return with("maxPromptTokens", tokens);
  }

  public PyramidGenerator setTruncate(String rule) {
    return with("truncate", rule);
  }

  public PyramidGenerator setStop(String... texts) {
    return with("stop", texts);
  }

  public PyramidGenerator setIgnoreEos(boolean ignore) {
    return with("ignoreEos", ignore);
  }

  public PyramidGenerator setTemperature(double temperature) {
    return with("temperature", temperature);
  }

  public PyramidGenerator setTopK(int tokens) {
    return with("topK", tokens);
  }

  public PyramidGenerator setTopP(double probability) {
    return with("topP", probability);
  }

  public PyramidGenerator setSeed(long seed) {
    return with("seed", seed);
  }

  public PyramidGenerator setGuard(String loss) {
    return with("guard", loss);
  }

  public PyramidGenerator setGuardShare(double share) {
    return with("guardShare", share);
  }

  public PyramidGenerator setGuardTokens(int tokens) {
    return with("guardTokens", tokens);
  }

  public PyramidGenerator setCompute(String type) {
    return with("compute", type);
  }

  public PyramidGenerator setKvType(String type) {
    return with("kvType", type);
  }

  public PyramidGenerator setMaxSequences(int sequences) {
    return with("maxSequences", sequences);
  }

  public PyramidGenerator setMaxBatchTokens(int tokens) {
    return with("maxBatchTokens", tokens);
  }

  public PyramidGenerator setDevice(String device) {
    return with("device", device);
  }

  public PyramidGenerator setKvBudget(String size) {
    return with("kvBudget", size);
  }

  private PyramidGenerator with(String param, Object value) {
    set(param, value);
    return this;
  }
}
