package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every quantised type against blocks that an independent implementation decoded. */
class DequantizerTest {

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32"})
  void decodesAsTheReferenceDoes(TensorType type) throws IOException {
    JsonNode golden = golden().get(type.name());
    byte[] bytes = HexFormat.of().parseHex(golden.get("bytes").asText());
    int elements = golden.get("floats").size();
    try (Arena arena = Arena.ofConfined()) {
      // At an odd address: blocks are not aligned in files either.
      MemorySegment source = arena.allocate(bytes.length + 1).asSlice(1);
      MemorySegment.copy(bytes, 0, source, ValueLayout.JAVA_BYTE, 0, bytes.length);
      MemorySegment target = arena.allocate(4L * elements, 4);
      Dequantizer.dequantize(type, source, elements, target);
      // Exactly: every type is products and sums of floats in the order that ggml defines.
      assertThat(target.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(floats(golden.get("floats")));
    }
  }

  private static float[] floats(JsonNode numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers.get(i).asDouble();
    }
    return floats;
  }

  private static JsonNode golden() throws IOException {
    try (InputStream in =
        DequantizerTest.class.getResourceAsStream("/golden/dequantization.json")) {
      return new ObjectMapper().readTree(in);
    }
  }
}
