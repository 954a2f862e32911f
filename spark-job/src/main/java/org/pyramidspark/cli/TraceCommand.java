package org.pyramidspark.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.engine.CacheTrace;
import org.pyramidspark.engine.CacheTracer;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.job.LabelConverter;
import org.pyramidspark.tokens.Tokenizer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the cache did to one prompt: which tokens every layer kept, cache lengths, best logits. */
@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    versionProvider = PyramidSpark.Version.class,
    description = "Shows what the KV cache did to one prompt: which tokens every layer kept.")
public final class TraceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "A GGUF file, or the name of a known model.")
  private String model;

  @ArgGroup(multiplicity = "1")
  private Prompt prompt;

  /** Where the prompt comes from. */
  static final class Prompt {
    @Option(
        names = "--prompt",
        paramLabel = "FILE",
        description = "A text file with the whole prompt; control tokens in it are recognised.")
    private Path text;

    @Option(
        names = "--tokens",
        paramLabel = "FILE",
        description = "A file with the prompt's token ids, as a JSON array or apart by spaces.")
    private Path tokens;
  }

  @Option(
      names = {"--policy", "--preset"},
      required = true,
      paramLabel = "NAME",
      description = "A policy's name, a preset of conf/presets, or a preset file.")
  private String preset;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes one setting; may be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--max-new-tokens",
      defaultValue = "0",
      paramLabel = "N",
      description = "Greedy tokens to generate, end tokens ignored. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens;

  @Option(
      names = "--compute",
      defaultValue = "float32",
      converter = LabelConverter.Compute.class,
      description = "float32 or bfloat16. Default: ${DEFAULT-VALUE}.")
  private ComputeType compute;

  @Option(
      names = "--kv-type",
      defaultValue = "float32",
      converter = LabelConverter.Kv.class,
      description = "float32, bfloat16 or int8. Default: ${DEFAULT-VALUE}.")
  private KvType kvType;

  @Option(names = "--json", description = "Prints JSON for programs.")
  private boolean json;

  @Override
  public Integer call() {
    CachePolicy policy = Policies.ofNameOrPreset(preset, settings);
    Path file =
        ModelStore.standard()
            .resolve(model, line -> spec.commandLine().getErr().println("model: " + line));
    try (Checkpoint checkpoint = Checkpoint.open(file);
        Tokenizer tokenizer = Tokenizer.of(checkpoint.vocabulary())) {
      int[] tokens = promptTokens(tokenizer, checkpoint);
      EngineOptions options = EngineOptions.defaults().withTypes(compute, kvType);
      try (CacheTracer tracer = CacheTracer.open(checkpoint, options)) {
        print(tracer.trace(new CacheTracer.Request(tokens, policy, maxNewTokens)), tokenizer);
      }
    }
    return 0;
  }

  private int[] promptTokens(Tokenizer tokenizer, Checkpoint checkpoint) {
    int[] tokens =
        prompt.text != null
            ? tokenizer.encodeTemplate(PromptFile.text(prompt.text))
            : PromptFile.tokens(prompt.tokens, checkpoint.config().vocabularySize());
    int context = checkpoint.config().contextLength();
    if (tokens.length == 0 || tokens.length + maxNewTokens > context) {
      throw InvalidInputException.of(
          "The prompt has %d tokens and %d are to be generated; the model's context allows 1 to %d in"
              + " all, so shorten the prompt or lower --max-new-tokens.",
          tokens.length, maxNewTokens, context);
    }
    return tokens;
  }

  private void print(CacheTrace trace, Tokenizer tokenizer) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(TraceJson.of(preset, trace));
    } else {
      boolean color = spec.commandLine().getColorScheme().ansi().enabled();
      out.print(new TraceText(trace, tokenizer, color));
    }
    out.flush();
  }
}
