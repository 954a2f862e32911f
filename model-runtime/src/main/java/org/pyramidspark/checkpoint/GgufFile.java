package org.pyramidspark.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.config.ModelConfig;

/** A GGUF file; the reader follows. */
public final class GgufFile implements Checkpoint {

  static GgufFile open(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path path() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String sha256() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ModelConfig config() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Vocabulary vocabulary() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<String> chatTemplate() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<TensorInfo> tensors() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<TensorInfo> tensor(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RotaryLayout rotaryLayout() {
    return RotaryLayout.INTERLEAVED;
  }

  @Override
  public void dequantize(String name, MemorySegment target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
