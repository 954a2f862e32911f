package org.pyramidspark.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.pyramidspark.report.AlignedTable;
import org.pyramidspark.report.html.Table;
import org.pyramidspark.runs.FinishedRun;
import org.pyramidspark.runs.RunDifference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code compare-runs}: two finished runs side by side. */
@Command(
    name = "compare-runs",
    description = "Shows how two finished runs of generate differ: in settings and in figures.",
    mixinStandardHelpOptions = true,
    versionProvider = PyramidSpark.Version.class)
final class CompareRunsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "A", description = "The output folder of a run.")
  private String a;

  @Parameters(index = "1", paramLabel = "B", description = "That of the run to compare with it.")
  private String b;

  @Override
  public Integer call() {
    Configuration hadoop = new Configuration();
    RunDifference difference =
        new RunDifference(FinishedRun.in(a, hadoop), FinishedRun.in(b, hadoop));
    PrintWriter out = spec.commandLine().getOut();
    Table settings = difference.settings();
    out.println(
        settings.rows().isEmpty() ? "The settings are the same.\n" : AlignedTable.of(settings));
    out.print(AlignedTable.of(difference.figures()));
    out.flush();
    return 0;
  }
}
