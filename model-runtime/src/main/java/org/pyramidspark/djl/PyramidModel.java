package org.pyramidspark.djl;

import ai.djl.BaseModel;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.pyramidspark.engine.EngineMetrics;
import org.pyramidspark.errors.InvalidInputException;

/**
 * A model that DJL loaded, with the one engine that all its predictors share. Any thread may make
 * predictors and use them; requests of all threads run in the same batches. {@link #load} and
 * {@link #close} are for the owner; rows that run while it is closed fail.
 */
public final class PyramidModel extends BaseModel {
  private ModelSettings settings;
  private ServedModel served;

  PyramidModel(String name, NDManager manager) {
    super(name);
    this.manager = manager;
    this.dataType = DataType.FLOAT32;
  }

  /**
   * Loads the model and starts its engine.
   *
   * @param modelPath a GGUF file, or a folder with one
   * @param prefix which file, if the folder has several; null for the model's name
   * @param options settings by key, as {@code optOption} gives them; null for none
   * @throws java.io.FileNotFoundException if there is no such file
   * @throws MalformedModelException if the file is damaged or no model of the Llama family
   * @throws InvalidInputException if an option is not known, or its value is not allowed
   */
  @Override
  public void load(Path modelPath, String prefix, Map<String, ?> options)
      throws IOException, MalformedModelException {
    if (block != null) {
      throw InvalidInputException.of(
          "Model %s is loaded already, or was given a block, which engine %s has no use for; load"
              + " it once and leave optBlock out.",
          modelName, PyramidEngine.NAME);
    }
    setModelDir(modelPath);
    Path file = new ModelPath(modelDir).file(prefix == null ? modelName : prefix);
    modelDir = file.getParent();
    settings = ModelSettings.ofOptions(options);
    try {
      served = ServedModel.open(file, settings.engine());
    } catch (InvalidInputException problem) {
      throw new MalformedModelException(problem.getMessage(), problem);
    }
    block = new EngineBlock(served);
    wasLoaded = true;
  }

  /** What the engine did so far, for all predictors together. */
  public EngineMetrics metrics() {
    return served().metrics();
  }

  ServedModel served() {
    if (served == null) {
      throw new IllegalStateException("Model %s is not loaded.".formatted(modelName));
    }
    return served;
  }

  /**
   * How prompts are completed by a translator with these arguments.
   *
   * @throws InvalidInputException if there is no such setting, a value is not allowed, or the
   *     policy is a preset that was calibrated on another model
   */
  CompletionSettings completionSettings(Map<String, ?> arguments) {
    CompletionSettings completion = settings.completion(arguments);
    served().check(completion);
    return completion;
  }

  /** Closes engine, tokenizer and file. Rows that are not finished fail. */
  @Override
  public void close() {
    if (served != null) {
      served.close();
    }
    super.close();
  }

  /** The inherited one warns of models that are closed, since this manager always says "open". */
  @Override
  @SuppressWarnings({"deprecation", "removal"})
  protected void finalize() {}
}
