package org.pyramidspark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.checkpoint.ModelSummary;
import org.pyramidspark.config.ModelConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Models: fetch a known one, look into a file. */
@Command(
    name = "model",
    description = "Fetches models and looks into model files.",
    mixinStandardHelpOptions = true,
    versionProvider = PyramidSpark.Version.class,
    subcommands = {ModelCommand.Fetch.class, ModelCommand.Inspect.class})
final class ModelCommand {

  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      versionProvider = PyramidSpark.Version.class,
      description = "Fetches a known model once into the user's cache and prints its path.")
  static final class Fetch implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "For example smollm2-135m-instruct.")
    private String name;

    @Override
    public Integer call() {
      Path file =
          ModelStore.standard()
              .fetch(name, line -> spec.commandLine().getErr().println("model: " + line));
      spec.commandLine().getOut().println(file);
      return 0;
    }
  }

  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      versionProvider = PyramidSpark.Version.class,
      description = "Prints architecture, sizes, tensor types, tokenizer and KV bytes per token.")
  static final class Inspect implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "PATH", description = "A GGUF file, or the name of a known model.")
    private String model;

    @Option(names = "--json", description = "Prints JSON for programs.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
      Path file =
          ModelStore.standard()
              .resolve(model, line -> spec.commandLine().getErr().println("model: " + line));
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        Map<String, Object> facts = facts(ModelSummary.of(checkpoint));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
          out.println(new ObjectMapper().writeValueAsString(facts));
        } else {
          facts.forEach((key, value) -> out.println(line(key, value)));
        }
      }
      return 0;
    }

    private static Map<String, Object> facts(ModelSummary summary) {
      ModelConfig config = summary.config();
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("name", config.name());
      facts.put("architecture", config.architecture());
      facts.put("file", summary.file());
      facts.put("file_bytes", summary.fileBytes());
      facts.put("sha256", summary.sha256());
      facts.put("parameters", summary.parameters());
      facts.put("layers", config.numLayers());
      facts.put("hidden_size", config.hiddenSize());
      facts.put("heads", config.numHeads());
      facts.put("kv_heads", config.numKvHeads());
      facts.put("head_size", config.headSize());
      facts.put("intermediate_size", config.intermediateSize());
      facts.put("context_length", config.contextLength());
      facts.put("rope_theta", config.ropeTheta());
      facts.put("tied_embeddings", config.tiedEmbeddings());
      facts.put("tensor_bytes_by_type", summary.tensorTypes());
      facts.put("tensor_count_by_type", summary.tensorCounts());
      facts.put("vocabulary_size", config.vocabularySize());
      facts.put("pre_tokenizer", summary.preTokenizer());
      facts.put("bos_token", idOrNull(summary.bosToken()));
      facts.put("eos_token", idOrNull(summary.eosToken()));
      facts.put("end_tokens", summary.endTokens());
      facts.put("chat_template", summary.hasChatTemplate());
      facts.put("kv_bytes_per_token", summary.kvBytesPerToken());
      return facts;
    }

    private static Integer idOrNull(OptionalInt token) {
      return token.isPresent() ? token.getAsInt() : null;
    }

    private static String line(String key, Object value) {
      String shown =
          switch (value) {
            case null -> "none";
            case Map<?, ?> map ->
                map.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + text(entry.getValue()))
                    .collect(Collectors.joining(", "));
            default -> text(value);
          };
      return String.format(Locale.ROOT, "%-22s %s", key.replace('_', ' '), shown);
    }

    private static String text(Object value) {
      return value instanceof Long || value instanceof Integer
          ? String.format(Locale.ROOT, "%,d", value)
          : String.valueOf(value);
    }
  }
}
