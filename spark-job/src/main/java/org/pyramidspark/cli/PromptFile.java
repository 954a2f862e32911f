package org.pyramidspark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pyramidspark.errors.InvalidInputException;

/** Reads the prompt of one command from a file. */
final class PromptFile {
  private PromptFile() {}

  /** The whole file as UTF-8 text. */
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (MalformedInputException error) {
      throw InvalidInputException.of("Prompt file %s is not UTF-8 text; save it as UTF-8.", file);
    } catch (IOException error) {
      throw InvalidInputException.of(
          "Prompt file %s cannot be read (%s); name a file that exists and may be read.",
          file, error.getClass().getSimpleName());
    }
  }

  /** Token ids, as a JSON array or apart by spaces, commas or line ends. */
  static int[] tokens(Path file, int vocabularySize) {
    String text = text(file).strip();
    String array = text.startsWith("[") ? text : "[" + text.replaceAll("[\\s,]+", ",") + "]";
    try {
      int[] tokens = new ObjectMapper().readValue(array, int[].class);
      for (int i = 0; i < tokens.length; i++) {
        if (tokens[i] < 0 || tokens[i] >= vocabularySize) {
          throw InvalidInputException.of(
              "Token %d of %s is %d; the model's vocabulary has ids from 0 to %d.",
              i, file, tokens[i], vocabularySize - 1);
        }
      }
      return tokens;
    } catch (JsonProcessingException error) {
      throw InvalidInputException.of(
          "Token file %s is not a list of whole numbers (line %d); write ids as a JSON array or apart"
              + " by spaces.",
          file, error.getLocation().getLineNr());
    }
  }
}
