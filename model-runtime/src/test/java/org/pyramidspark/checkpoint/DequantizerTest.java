package org.pyramidspark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
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
    float[] decoded = new float[golden.get("floats").size()];
    Dequantizer.dequantize(type, bytes, decoded);
    // Exactly: every type is products and sums of floats in the order that ggml defines.
    assertThat(decoded).isEqualTo(floats(golden.get("floats")));
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
