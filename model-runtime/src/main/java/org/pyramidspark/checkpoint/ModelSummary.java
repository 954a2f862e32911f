package org.pyramidspark.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;

/**
 * What there is to know of a model file before it is used.
 *
 * @param config the sizes
 * @param file path as it was given
 * @param fileBytes size of the file
 * @param sha256 of the whole file
 * @param parameters elements of all tensors
 * @param tensorTypes bytes by tensor type
 * @param tensorCounts tensors by tensor type
 * @param preTokenizer how text is split
 * @param bosToken token that starts a text, if any
 * @param eosToken token that ends a text, if any
 * @param endTokens tokens that end a completion, with their spelling
 * @param hasChatTemplate whether messages can be rendered
 * @param kvBytesPerToken bytes of one token's keys and values over all layers, by KV type
 */
public record ModelSummary(
    ModelConfig config,
    String file,
    long fileBytes,
    String sha256,
    long parameters,
    Map<String, Long> tensorTypes,
    Map<String, Integer> tensorCounts,
    String preTokenizer,
    OptionalInt bosToken,
    OptionalInt eosToken,
    Map<Integer, String> endTokens,
    boolean hasChatTemplate,
    Map<String, Long> kvBytesPerToken) {

  /** Summarises an open checkpoint; reads the whole file for its hash. */
  public static ModelSummary of(Checkpoint checkpoint) {
    Map<String, Long> types = new LinkedHashMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    long parameters = 0;
    for (TensorInfo tensor : checkpoint.tensors()) {
      types.merge(tensor.type().name(), tensor.bytes(), Long::sum);
      counts.merge(tensor.type().name(), 1, Integer::sum);
      parameters += tensor.elements();
    }
    Map<String, Long> kvBytes = new LinkedHashMap<>();
    for (KvType type : KvType.values()) {
      kvBytes.put(type.label(), checkpoint.config().kvBytesPerToken(type));
    }
    Vocabulary vocabulary = checkpoint.vocabulary();
    Map<Integer, String> ends = new LinkedHashMap<>();
    vocabulary.endTokens().stream()
        .sorted()
        .forEach(id -> ends.put(id, vocabulary.tokens().get(id)));
    return new ModelSummary(
        checkpoint.config(),
        checkpoint.path().toString(),
        size(checkpoint),
        checkpoint.sha256(),
        parameters,
        types,
        counts,
        vocabulary.preTokenizer(),
        vocabulary.bosToken(),
        vocabulary.eosToken(),
        ends,
        checkpoint.chatTemplate().isPresent(),
        kvBytes);
  }

  private static long size(Checkpoint checkpoint) {
    try {
      return Files.size(checkpoint.path());
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
