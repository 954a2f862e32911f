package org.pyramidspark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An example of the README, as printed: the fenced block after a line {@code <!-- example: NAME
 * -->}.
 *
 * @param language that the fence names
 * @param text between the fences
 */
public record ReadmeExample(String language, String text) {
  private static final Path HOME = Path.of("..");
  private static final String BLOCK = "(?s)<!-- example: %s -->\\s*\n```(\\w+)\n(.*?)\n```\n";

  /** The one example of that name. */
  public static ReadmeExample of(String name) {
    try {
      Matcher block =
          Pattern.compile(BLOCK.formatted(Pattern.quote(name)))
              .matcher(Files.readString(HOME.resolve("README.md")));
      if (!block.find()) {
        throw new IllegalStateException(
            "README.md has no line '<!-- example: %s -->' with a fenced block after it."
                .formatted(name));
      }
      return new ReadmeExample(block.group(1), block.group(2));
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  /**
   * Compiles and runs it in a JVM of its own, with the class path of the tests and the flags that
   * the README names.
   *
   * @param file where to write it, named as the README says
   * @return what it printed
   */
  public String runJava(Path file, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + HOME.resolve("conf/jvm.options").toRealPath(),
                "-cp",
                System.getProperty("java.class.path"),
                write(file).toString()));
    command.addAll(List.of(arguments));
    return run(command, file.getParent());
  }

  /** Writes it to a file, for other commands to run. */
  public Path write(Path file) throws IOException {
    return Files.writeString(file, text);
  }

  /**
   * Runs a command.
   *
   * @param folder to run it in, where its error output goes too
   * @return what it printed
   */
  public static String run(List<String> command, Path folder) throws Exception {
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(errors.toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(output + Files.readString(errors));
    }
    return output;
  }
}
