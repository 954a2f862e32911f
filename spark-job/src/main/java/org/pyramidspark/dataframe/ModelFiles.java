package org.pyramidspark.dataframe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.ModelReference;
import org.pyramidspark.models.ModelFinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at models on the driver, before anything runs. Remembers the hashes of files that have not
 * changed since. Thread-safe.
 */
public final class ModelFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFiles.class);

  private final Map<Version, String> hashes = new ConcurrentHashMap<>();

  private record Version(Path file, long bytes, FileTime modified) {}

  /**
   * The model of the settings, fetched if it is a known one.
   *
   * @throws InvalidInputException if it does not serve, alone or with the other settings
   */
  public ModelReference check(GenerateSettings settings) {
    String given =
        ModelStore.standard().fetchIfKnown(settings.model(), line -> LOG.info("model: {}", line));
    ModelFinder.Found found = ModelFinder.onDriver(given, SparkContext.getOrCreate());
    try (Checkpoint checkpoint = Checkpoint.open(found.file())) {
      int context = checkpoint.config().contextLength();
      int maxNewTokens = settings.rows().maxNewTokens();
      if (maxNewTokens >= context) {
        throw InvalidInputException.of(
            "Setting max_new_tokens is %d; the model's context holds %d tokens, prompt included, so"
                + " give fewer.",
            maxNewTokens, context);
      }
      String sha256 = hashes.computeIfAbsent(version(found.file()), version -> checkpoint.sha256());
      String name = checkpoint.config().name();
      settings.policy().checkModel(name, sha256);
      settings.fallback().ifPresent(policy -> policy.checkModel(name, sha256));
      return new ModelReference(found.location().toString(), sha256);
    }
  }

  private static Version version(Path file) {
    try {
      return new Version(file, Files.size(file), Files.getLastModifiedTime(file));
    } catch (IOException gone) {
      throw new InvalidInputException(
          "Model %s cannot be read (%s); give a file that stays.".formatted(file, gone), gone);
    }
  }
}
