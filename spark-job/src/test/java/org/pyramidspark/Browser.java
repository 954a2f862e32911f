package org.pyramidspark;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A real browser without a window.
 *
 * @param program to start
 * @param folder for its profile, its pictures and its log
 */
public record Browser(Path program, Path folder) {

  /** The one on the PATH, if any. */
  public static Optional<Browser> find(Path folder) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(bin -> Stream.of("chromium", "google-chrome").map(Path.of(bin)::resolve))
        .filter(Files::isExecutable)
        .findFirst()
        .map(program -> new Browser(program, folder));
  }

  /**
   * What a page looks like.
   *
   * @param options of the browser's
   */
  public BufferedImage screenshot(String url, int width, int height, String... options)
      throws IOException, InterruptedException {
    Path picture = Files.createTempFile(folder, "page", ".png");
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--hide-scrollbars");
    all.add("--window-size=" + width + "," + height);
    all.add("--screenshot=" + picture);
    String log = run(url, all);
    assertThat(picture).as(log).isNotEmptyFile();
    return ImageIO.read(picture.toFile());
  }

  /** A page's elements after its scripts have run, as HTML. */
  public String elements(String url) throws IOException, InterruptedException {
    return run(url, List.of("--dump-dom"));
  }

  /** Without any network but this machine's own. */
  private String run(String url, List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("--headless", "--no-sandbox", "--disable-gpu"));
    command.add("--user-data-dir=" + folder.resolve("profile"));
    command.add("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
    command.addAll(options);
    command.add(url);
    Path log = folder.resolve("browser.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return Files.readString(log);
  }
}
