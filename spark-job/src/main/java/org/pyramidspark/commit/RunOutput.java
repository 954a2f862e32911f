package org.pyramidspark.commit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.util.ShutdownHookManager;
import org.pyramidspark.completions.OutputPaths;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.RowSample;

/**
 * A run's output from the driver's side: begun or gone on with, finished, or left to be gone on
 * with. What holds no finished split is deleted on closing, or when the JVM is told to end. Used by
 * one thread.
 */
public final class RunOutput implements AutoCloseable {
  /** After Spark has stopped its tasks, before Hadoop closes its file systems. */
  private static final int STOP_PRIORITY = 20;

  private final OutputPlace place;
  private final RunFolder folder;
  private final Consumer<String> notices;
  private final Runnable whenStopped = this::stop;
  private Optional<RunRecord> run = Optional.empty();
  private volatile boolean ours;

  private RunOutput(OutputPlace place, RunFolder folder, Consumer<String> notices) {
    this.place = place;
    this.folder = folder;
    this.notices = notices;
  }

  /**
   * Looks at what is there and makes room; an earlier output stays as it is.
   *
   * @param output folder
   * @param resume whether to go on with a run that is there
   * @param overwrite whether to replace an output that is there
   * @param notices told what is left where the JVM is told to end; called by another thread
   * @throws InvalidInputException if what is there may be neither replaced nor gone on with, or the
   *     folder cannot be made
   */
  public static RunOutput open(
      String output,
      boolean resume,
      boolean overwrite,
      Configuration hadoop,
      Consumer<String> notices) {
    try {
      OutputPlace place = OutputPlace.of(output, hadoop);
      RunOutput opened = new RunOutput(place, place.choose(resume, overwrite), notices);
      opened.look();
      return opened;
    } catch (IOException | IllegalArgumentException failure) {
      throw OutputPaths.cannotBeWritten(output, failure);
    }
  }

  private void look() throws IOException {
    run = folder.book(RunRecord.NAME).flatMap(text -> BooksJson.read(text, RunRecord.class));
    if (run.isPresent()) {
      if (run.get().format() != RunRecord.FORMAT) {
        throw InvalidInputException.of(
            "The run in %s was begun by another version of this program; go on with that version, or"
                + " give --overwrite to begin anew.",
            folder.shown());
      }
    } else if (folder.hasBooks() && !folder.manifests().splits().isEmpty()) {
      throw InvalidInputException.of(
          "The run in %s cannot be gone on with, for its run.json is damaged; give --overwrite to"
              + " begin anew.",
          folder.shown());
    } else {
      folder.create();
      own();
    }
  }

  private void own() {
    ours = true;
    ShutdownHookManager.get().addShutdownHook(whenStopped, STOP_PRIORITY);
  }

  /** Whether there is a run to go on with: {@link #resume} it, else {@link #begin} one. */
  public boolean isBegun() {
    return run.isPresent();
  }

  /**
   * Begins a run.
   *
   * @param settings all that decides its rows, by option
   */
  public <P extends PlannedRun> P begin(Map<String, String> settings, P plan, Instant started)
      throws UnwritableOutputException {
    RunRecord begun =
        new RunRecord(RunRecord.FORMAT, started, settings, plan.numPrompts(), plan.numSplits());
    try {
      plan.write(folder);
      folder.writeBook(RunRecord.NAME, BooksJson.pretty(begun));
    } catch (IOException | FSError failure) {
      throw folder.unwritable(failure);
    }
    run = Optional.of(begun);
    return plan;
  }

  /**
   * Goes on with the run that is there.
   *
   * @param settings all that decides rows now
   * @param again finds its plan, and what has changed of its input
   * @throws InvalidInputException if either is not as it was
   */
  public <P extends PlannedRun> P resume(Map<String, String> settings, PlannedRun.Again<P> again)
      throws IOException {
    List<String> differences = run.orElseThrow().differences(settings);
    if (!differences.isEmpty()) {
      throw InvalidInputException.of(
          "The run in %s was begun with other settings: %s; give the same to go on with it, or"
              + " --overwrite to begin anew.",
          folder.shown(), String.join(", ", differences));
    }
    P plan = again.read(folder, run.get().splits());
    Optional<String> change = again.change(plan);
    if (change.isPresent()) {
      throw InvalidInputException.of(
          "The corpus of the run in %s has changed: %s; give the corpus as it was, or --overwrite to"
              + " begin anew.",
          folder.shown(), change.get());
    }
    if (!isFinished()) {
      own();
    }
    return plan;
  }

  /** When the run's first session started. */
  public Instant started() {
    return run.orElseThrow().started();
  }

  /** Whether an earlier session has come to the run's end. */
  public boolean isFinished() throws IOException {
    return folder.isFinished();
  }

  /** What is committed by now. */
  public CommittedSplits committed(PlannedRun plan, RowSample sample) throws IOException {
    return CommittedSplits.of(folder, plan, sample);
  }

  /**
   * Where a session's tasks commit splits.
   *
   * @param committed when the session began
   */
  public SplitCommits commits(Session session, CommittedSplits committed) {
    return new SplitCommits(folder.path(), session, committed.interrupted());
  }

  /**
   * Adds a file to the output.
   *
   * @param name in the run's folder; below other folders, with slashes
   */
  public void write(String name, String text) throws UnwritableOutputException {
    try {
      folder.write(name, text);
    } catch (IOException | FSError failure) {
      throw folder.unwritable(failure);
    }
  }

  /**
   * Ends a run all of whose splits and reports are there.
   *
   * @throws UnfinishedRunException as {@link #moveToPlace}
   */
  public void finish() throws IOException {
    folder.marks().deleteAll();
    write(OutputPaths.SUCCESS, "");
    ours = false;
    moveToPlace();
  }

  /**
   * Puts a finished run where its output is to be, if it is not there.
   *
   * @throws UnfinishedRunException if that fails; it says where the output is
   */
  public void moveToPlace() {
    try {
      place.settle(folder);
    } catch (IOException failure) {
      throw new UnfinishedRunException(
          "The finished output could not be moved to %s; it is whole in %s, and --overwrite --resume"
                  .formatted(place.shown(), folder.shown())
              + " moves it.",
          failure);
    }
  }

  /** What is to be thrown for a failure: it tells what is left, if anything is. */
  public RuntimeException stopped(Exception failure) {
    Optional<String> left = ours ? left() : Optional.empty();
    if (left.isPresent()) {
      ours = false;
      return new UnfinishedRunException(left.get(), failure);
    }
    return switch (failure) {
      case RuntimeException unchecked -> unchecked;
      case IOException checked -> new UncheckedIOException(checked);
      default -> new IllegalStateException(failure);
    };
  }

  /** Nothing if no split is finished. */
  private Optional<String> left() {
    try {
      int finished = folder.hasBooks() ? folder.manifests().splits().cardinality() : 0;
      return finished == 0
          ? Optional.empty()
          : Optional.of(
              "%,d of %,d splits are finished and kept in %s; the same command with --resume goes on."
                  .formatted(finished, run.orElseThrow().splits(), folder.shown()));
    } catch (IOException unreadable) {
      return Optional.of("What is finished is kept in %s.".formatted(folder.shown()));
    }
  }

  /** Called while the JVM ends. */
  private void stop() {
    if (ours) {
      ours = false;
      left().ifPresentOrElse(notices, this::delete);
    }
  }

  private void delete() {
    try {
      folder.delete();
    } catch (IOException failure) {
      notices.accept("%s could not be deleted: %s".formatted(folder.shown(), failure.getMessage()));
    }
  }

  /** Deletes what holds no finished split. */
  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(whenStopped);
    }
    if (ours && left().isEmpty()) {
      delete();
    }
    ours = false;
  }
}
