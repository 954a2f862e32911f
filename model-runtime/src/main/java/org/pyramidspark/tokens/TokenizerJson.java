package org.pyramidspark.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.checkpoint.Vocabulary;
import org.pyramidspark.checkpoint.Vocabulary.TokenKind;

/**
 * A vocabulary in the form that Hugging Face's tokenizers read, {@code tokenizer.json}.
 *
 * @param vocabulary the checkpoint's
 * @param controlTokens whether text that spells a control token becomes that token
 */
record TokenizerJson(Vocabulary vocabulary, boolean controlTokens) {

  byte[] bytes() {
    PreTokenizer split = PreTokenizer.named(vocabulary.preTokenizer());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", "1.0");
    json.put("added_tokens", addedTokens());
    json.put("normalizer", split.normalizer().orElse(null));
    json.put("pre_tokenizer", split.json());
    json.put("decoder", PreTokenizer.byteLevel(true));
    json.put("model", model(split));
    try {
      return new ObjectMapper().writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException error) {
      throw new IllegalStateException(error);
    }
  }

  private List<Map<String, Object>> addedTokens() {
    List<Map<String, Object>> added = new ArrayList<>();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      boolean control = isControl(id);
      if (control && controlTokens || vocabulary.kinds().get(id) == TokenKind.USER_DEFINED) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("id", id);
        token.put("content", vocabulary.tokens().get(id));
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
          token.put(flag, false);
        }
        token.put("special", control);
        added.add(token);
      }
    }
    return added;
  }

  private boolean isControl(int id) {
    return vocabulary.kinds().get(id) == TokenKind.CONTROL;
  }

  private Map<String, Object> model(PreTokenizer split) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      if (controlTokens || !isControl(id)) {
        ids.put(vocabulary.tokens().get(id), id);
      }
    }
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "BPE");
    model.put("fuse_unk", false);
    model.put("byte_fallback", false);
    model.put("ignore_merges", split.ignoreMerges());
    model.put("vocab", ids);
    model.put("merges", vocabulary.merges());
    return model;
  }
}
