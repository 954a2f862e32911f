package org.pyramidspark.job;

/** The command {@code benchmark} as a job, for {@code spark-submit --class}. */
public final class BenchmarkJob {
  private BenchmarkJob() {}

  /** As the command; {@code --cluster} without a URL is the cluster that this was submitted to. */
  public static void main(String[] args) {
    int exitCode = JobCommands.commandLine(new BenchmarkCommand()).execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }
}
