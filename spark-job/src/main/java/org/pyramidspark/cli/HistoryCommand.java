package org.pyramidspark.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.pyramidspark.report.AlignedTable;
import org.pyramidspark.runs.RunHistory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code history}: the finished runs of a folder. */
@Command(
    name = "history",
    description = "Lists the finished runs of generate whose output folders lie side by side.",
    mixinStandardHelpOptions = true,
    versionProvider = PyramidSpark.Version.class)
final class HistoryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      defaultValue = ".",
      description = "The folder that holds their output folders (default: the working folder).")
  private String folder;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AlignedTable.of(RunHistory.in(folder, new Configuration()).table()));
    out.flush();
    return 0;
  }
}
