package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Kills an executor's JVM, at once and without any goodbye, whenever it works on the poison row: in
 * the first attempt at the row's split some time after it began, later as soon as a mark of the run
 * says that the row is under work. Set with {@code spark.plugins}.
 */
public final class PoisonPlugin implements SparkPlugin {
  /** The run's folder. */
  static final String OUTPUT = "spark.test.poison.output";

  /** The task that does the split. */
  static final String TASK = "spark.test.poison.task";

  /** The split that has the row. */
  static final String SPLIT = "spark.test.poison.split";

  /** The row's number in its split. */
  static final String ROW = "spark.test.poison.row";

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Killer();
  }

  private static final class Killer implements ExecutorPlugin {
    private Path marks;
    private int task;
    private int split;
    private Pattern begun;
    private String executor;
    private String application;

    @Override
    public void init(PluginContext context, Map<String, String> extraConf) {
      task = context.conf().getInt(TASK, -1);
      split = context.conf().getInt(SPLIT, -1);
      marks = Path.of(context.conf().get(OUTPUT), "_pyramid", "marks");
      begun = Pattern.compile("\"begun\":\\[([0-9]+,)*%s[,\\]]".formatted(context.conf().get(ROW)));
      executor = "\"executor\":\"%s\"".formatted(context.executorID());
      application = "\"application\":\"%s\"".formatted(context.conf().getAppId());
      Thread.ofPlatform().daemon().start(this::watch);
    }

    @Override
    public void onTaskStart() {
      TaskContext begun = TaskContext.get();
      boolean splits = begun.numPartitions() > 2;
      if (splits && begun.partitionId() == task && begun.attemptNumber() == 0) {
        Thread.ofPlatform().daemon().start(Killer::killSoon);
      }
    }

    private static void killSoon() {
      try {
        Thread.sleep(100);
      } catch (InterruptedException end) {
        return;
      }
      Runtime.getRuntime().halt(137);
    }

    private void watch() {
      try {
        while (!isUnderWork()) {
          Thread.sleep(20);
        }
        // The row begins once its mark is written to the end.
        Thread.sleep(100);
        Runtime.getRuntime().halt(137);
      } catch (InterruptedException end) {
        // The executor ends by itself.
      }
    }

    private boolean isUnderWork() {
      try (Stream<Path> files = Files.list(marks)) {
        return files.filter(file -> file.toString().endsWith(".json")).anyMatch(this::names);
      } catch (IOException notYet) {
        return false;
      }
    }

    private boolean names(Path file) {
      try {
        String mark = Files.readString(file);
        return file.getFileName().toString().startsWith("%05d-".formatted(split))
            && mark.contains(executor)
            && mark.contains(application)
            && begun.matcher(mark).find();
      } catch (IOException gone) {
        return false;
      }
    }
  }
}
