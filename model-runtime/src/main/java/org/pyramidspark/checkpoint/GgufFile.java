package org.pyramidspark.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.errors.InvalidInputException;

/** A GGUF file of the Llama architecture, memory-mapped. */
public final class GgufFile implements Checkpoint {
  private final Path path;
  private final Arena arena;
  private final MemorySegment file;
  private final GgufHeader header;
  private final LlamaModel model;
  private final Map<String, TensorInfo> tensors;
  private final FileDigest digest;

  private GgufFile(Path path, Arena arena, MemorySegment file) {
    this.path = path;
    this.arena = arena;
    this.file = file;
    this.header = GgufHeader.read(path, file);
    this.tensors =
        header.tensors().stream().collect(Collectors.toMap(TensorInfo::name, Function.identity()));
    this.model = LlamaModel.of(header.metadata(), tensors, this::floats);
    this.digest = new FileDigest(path);
  }

  static GgufFile open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw InvalidInputException.of(
          "Model file %s %s; name a GGUF file.",
          path, Files.exists(path) ? "is not a regular file" : "does not exist");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path)) {
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new GgufFile(path, arena, file);
    } catch (IOException error) {
      arena.close();
      throw new InvalidInputException(
          "Model file %s cannot be read (%s); check its permissions."
              .formatted(path, error.getMessage()),
          error);
    } catch (RuntimeException error) {
      arena.close();
      throw error;
    }
  }

  /** Version of the file format. */
  public int version() {
    return header.version();
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public String sha256() {
    return digest.sha256();
  }

  @Override
  public ModelConfig config() {
    return model.config();
  }

  @Override
  public Vocabulary vocabulary() {
    return model.vocabulary();
  }

  @Override
  public Optional<String> chatTemplate() {
    return header.metadata().text("tokenizer.chat_template");
  }

  @Override
  public List<TensorInfo> tensors() {
    return header.tensors();
  }

  @Override
  public Optional<TensorInfo> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public RotaryLayout rotaryLayout() {
    return RotaryLayout.INTERLEAVED;
  }

  @Override
  public void dequantize(String name, long first, float[] target) {
    TensorInfo tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("No tensor " + name);
    }
    TensorType type = tensor.type();
    byte[] stored = new byte[target.length / type.blockElements() * type.blockBytes()];
    long from = tensor.offset() + first / type.blockElements() * type.blockBytes();
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, from, stored, 0, stored.length);
    Dequantizer.dequantize(type, stored, target);
  }

  private float[] floats(TensorInfo tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    dequantize(tensor.name(), 0, values);
    return values;
  }

  /** May be called again; fails while another thread reads a tensor. */
  @Override
  public synchronized void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
