package org.pyramidspark.cli;

import java.nio.file.Path;
import org.pyramidspark.checkpoint.KnownModel;
import org.pyramidspark.checkpoint.ModelStore;
import org.pyramidspark.job.BenchmarkCommand;
import org.pyramidspark.job.CalibrateCommand;
import org.pyramidspark.job.CompareCommand;
import org.pyramidspark.job.DemoCommand;
import org.pyramidspark.job.EvaluateCommand;
import org.pyramidspark.job.GenerateCommand;
import org.pyramidspark.job.JobCommands;
import org.pyramidspark.job.Versions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Entry of {@code bin/pyramid-spark}. */
@Command(
    name = "pyramid-spark",
    description = "Offline batch inference of large language models on Apache Spark.",
    mixinStandardHelpOptions = true,
    versionProvider = PyramidSpark.Version.class,
    subcommands = {
      ModelCommand.class,
      TraceCommand.class,
      HistoryCommand.class,
      CompareRunsCommand.class
    })
public final class PyramidSpark {

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The whole command line. */
  static CommandLine commandLine() {
    return JobCommands.commandLine(new PyramidSpark())
        .addSubcommand(new GenerateCommand())
        .addSubcommand(new CompareCommand())
        .addSubcommand(new CalibrateCommand())
        .addSubcommand(new EvaluateCommand())
        .addSubcommand(new BenchmarkCommand())
        .addSubcommand(new DemoCommand(PyramidSpark::demoModel, sample()))
        .setExecutionExceptionHandler(JobCommands::report)
        .setParameterExceptionHandler(JobCommands::refuse);
  }

  private static Path demoModel() {
    return ModelStore.standard()
        .fetch(KnownModel.SMOLLM2_135M.name(), line -> System.err.println("model: " + line));
  }

  /** The launcher says where the sample corpus lies. */
  private static Path sample() {
    return Path.of(System.getProperty("pyramid.home", ".")).resolve("datasets/sample");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"pyramid-spark " + Versions.application()};
    }
  }
}
