package org.pyramidspark.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.config.ModelConfig;

/**
 * A model on disk: sizes, vocabulary, chat template and named tensors. Tensor names are those of
 * GGUF ({@code token_embd.weight}, {@code blk.0.attn_q.weight}, ...). Memory-mapped; safe for
 * concurrent reads; nothing may be read after {@link #close()}.
 */
public sealed interface Checkpoint extends AutoCloseable permits GgufFile {

  /**
   * Opens and checks a checkpoint.
   *
   * @throws org.pyramidspark.errors.InvalidInputException if the file is missing, damaged or not of
   *     the Llama architecture
   */
  static Checkpoint open(Path path) {
    return GgufFile.open(path);
  }

  Path path();

  /** SHA-256 of the whole file in lower-case hex; computed at the first call, then kept. */
  String sha256();

  ModelConfig config();

  Vocabulary vocabulary();

  /** The chat template's Jinja source, if the checkpoint has one. */
  Optional<String> chatTemplate();

  /** All tensors in file order. */
  List<TensorInfo> tensors();

  Optional<TensorInfo> tensor(String name);

  /**
   * How the components of a rotated pair lie in the rows of the query and key projections. {@link
   * RotaryLayout#INTERLEAVED} in GGUF files of the Llama architecture.
   */
  RotaryLayout rotaryLayout();

  /**
   * Reads elements of a tensor as float32, in the order in which they are stored: row-major, the
   * innermost dimension first.
   *
   * @param name a name out of {@link #tensors()}
   * @param first index of the first one; a whole number of rows
   * @param target as many as are to be read, whole rows too
   */
  void dequantize(String name, long first, float[] target);

  @Override
  void close();
}
