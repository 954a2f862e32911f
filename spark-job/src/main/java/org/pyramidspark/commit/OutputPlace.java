package org.pyramidspark.commit;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.pyramidspark.completions.OutputPaths;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Where an output is to be, and where its run writes: right there, or in a hidden folder beside it
 * while an earlier output is to stay. Used by the driver, by one thread.
 */
final class OutputPlace {
  private final FileSystem fileSystem;
  private final Path target;
  private final Path next;
  private final Path old;

  private OutputPlace(FileSystem fileSystem, Path target) {
    this.fileSystem = fileSystem;
    this.target = target;
    this.next = beside("next");
    this.old = beside("old");
  }

  private Path beside(String kind) {
    return new Path(target.getParent(), ".%s.%s".formatted(target.getName(), kind));
  }

  static OutputPlace of(String output, Configuration hadoop) throws IOException {
    Path target = OutputPaths.target(output, hadoop);
    return new OutputPlace(target.getFileSystem(hadoop), target);
  }

  /**
   * The folder that the run is to write to; it is there only if there is a run to go on with.
   *
   * @throws InvalidInputException if what is there may be neither replaced nor gone on with
   */
  RunFolder choose(boolean resume, boolean overwrite) throws IOException {
    RunFolder there = new RunFolder(fileSystem, target);
    boolean isThere = fileSystem.exists(target);
    if (fileSystem.exists(next) && (overwrite || !isThere)) {
      return chooseNext(resume, overwrite, isThere);
    }
    if (!isThere || resume && mayGoOn(there, overwrite)) {
      return there;
    }
    if (!overwrite) {
      throw refusal(there, resume);
    }
    OutputPaths.checkOurs(fileSystem, target);
    return new RunFolder(fileSystem, next);
  }

  /** An earlier run was to replace the output, and has not come to its end. */
  private RunFolder chooseNext(boolean resume, boolean overwrite, boolean isThere)
      throws IOException {
    if (!resume && !overwrite) {
      throw InvalidInputException.of(
          "Folder %s holds a run that was to replace %s and is not finished; give --resume to go on"
              + " with it, or --overwrite to begin anew.",
          OutputPaths.shown(next), OutputPaths.shown(target));
    }
    if (isThere) {
      OutputPaths.checkOurs(fileSystem, target);
    }
    if (!resume) {
      fileSystem.delete(next, true);
    }
    return new RunFolder(fileSystem, resume || isThere ? next : target);
  }

  /** An empty folder is that of a run which was killed before it had written anything. */
  private boolean mayGoOn(RunFolder there, boolean overwrite) throws IOException {
    if (!fileSystem.getFileStatus(target).isDirectory()) {
      return false;
    }
    return there.hasBooks()
        ? !overwrite || !there.isFinished()
        : fileSystem.listStatus(target).length == 0;
  }

  private InvalidInputException refusal(RunFolder there, boolean resume) throws IOException {
    String shown = OutputPaths.shown(target);
    if (resume) {
      return InvalidInputException.of(
          "Output folder %s holds no run of generate that --resume could go on with; give another"
              + " folder, or --overwrite to replace it.",
          shown);
    }
    return there.hasBooks() && !there.isFinished()
        ? InvalidInputException.of(
            "Output folder %s holds a run that is not finished; give --resume to go on with it,"
                + " --overwrite to replace it, or another folder.",
            shown)
        : InvalidInputException.of(
            "Output folder %s exists; give another folder, or --overwrite to replace it.", shown);
  }

  /** Where the output will be, as a user would write it. */
  String shown() {
    return OutputPaths.shown(target);
  }

  /**
   * Puts a finished run's folder in the place of an earlier output, if it is not there already; the
   * earlier one is deleted last.
   *
   * @throws IOException if that fails; the former output is back then where that is possible
   */
  void settle(RunFolder folder) throws IOException {
    if (folder.root().equals(next)) {
      replace();
    }
    fileSystem.delete(old, true);
  }

  private void replace() throws IOException {
    boolean isThere = fileSystem.exists(target);
    if (isThere) {
      fileSystem.delete(old, true);
      rename(target, old);
    }
    try {
      rename(next, target);
    } catch (IOException failure) {
      if (isThere) {
        rename(old, target);
      }
      throw failure;
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (fileSystem.exists(to) || !fileSystem.rename(from, to)) {
      throw new IOException(
          "%s could not be renamed to %s"
              .formatted(OutputPaths.shown(from), OutputPaths.shown(to)));
    }
  }
}
