package org.pyramidspark.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** File systems that tests mount: as small as they like, or seen by some processes alone. */
final class OtherMounts {
  private static final String BIND = "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"";
  private static final List<String> UNSHARE = List.of("unshare", "--mount", "--map-root-user");

  private OtherMounts() {}

  /** Whether processes may have mounts of their own here. */
  static boolean mayBind() throws InterruptedException {
    return runs(Stream.concat(UNSHARE.stream(), Stream.of("true")).toList());
  }

  /** A command that runs the command after it, for which one file stands in another's place. */
  static List<String> withFileInPlaceOf(Path file, Path place) {
    return Stream.concat(
            UNSHARE.stream(), Stream.of("sh", "-c", BIND, file.toString(), place.toString()))
        .toList();
  }

  /** Mounts a file system of that many KiB over a folder; false where this user may not. */
  static boolean mountSmall(Path folder, int kibibytes) throws InterruptedException {
    return runs(
        List.of(
            "mount", "-t", "tmpfs", "-o", "size=%dk".formatted(kibibytes), "tmpfs", folder + ""));
  }

  /** Makes it larger. */
  static boolean enlarge(Path folder, int kibibytes) throws InterruptedException {
    return runs(List.of("mount", "-o", "remount,size=%dk".formatted(kibibytes), folder.toString()));
  }

  static boolean unmount(Path folder) throws InterruptedException {
    return runs(List.of("umount", "--lazy", folder.toString()));
  }

  private static boolean runs(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException notThere) {
      return false;
    }
  }
}
