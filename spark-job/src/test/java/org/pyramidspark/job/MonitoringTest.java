package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.Browser;

/** What is seen of a run that works, in a process of its own: pages, metrics and log. */
class MonitoringTest {
  /** Of half the corpus: the job is killed, and must not end before it was looked at. */
  private static final int COPIES = 30;

  private static final double ROWS = SlowCorpus.ROWS * (1 + COPIES / 2.0) + 1;
  private static final String MARKUP = "<i>x";
  private static final String HIT = "hit";

  /** What a folder's name may hold of a script. */
  private static final String SCRIPT = "<img src=x onerror=document.title='%s'>".formatted(HIT);

  private static final Pattern METRIC =
      Pattern.compile(
          "(?m)^metrics_pyramid_driver_(PyramidInfer\\w*?)_(?:Value|Count)\\{.*} (\\S+)$");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aRunningJobShowsItsPageItsMetricsAndItsLog() throws Exception {
    int port = freePort();
    Path log = folder.resolve("log");
    try (GenerateProcess job = GenerateProcess.start(log, settings(port), arguments())) {
      Document page =
          Jsoup.parse(await(job, port, "/pyramidinfer/", MonitoringTest::showsRowsOfBothKinds));
      checkPage(page);
      Map<String, Double> metrics =
          metrics(
              await(
                  job,
                  port,
                  "/metrics/prometheus/",
                  text -> {
                    Map<String, Double> now = metrics(text);
                    return now.getOrDefault("PyramidInferRun_kvBytes", 0.0) > 0
                        && now.getOrDefault("PyramidInfer_rowsDone", 0.0) > 2;
                  }));
      checkMetrics(metrics);
      checkDashboard(metrics);
      checkJmx(metrics, JmxMetrics.read(job.handle(), "pyramid.driver.PyramidInfer"));
      checkInBrowser("http://127.0.0.1:%d/pyramidinfer/".formatted(port));
      job.kill();
      checkLog(job.log());
    }
  }

  private static void checkPage(Document page) {
    assertThat(
            page.select(
                "#main-content i, ul.list-unstyled i, table i, img[onerror], script:contains(alert)"))
        .as("markup of the model's name, the path, ids or texts")
        .isEmpty();
    assertThat(page.select("ul.list-unstyled li").eachText())
        .anyMatch(item -> item.equals("Model: " + MARKUP))
        .anyMatch(item -> item.startsWith("Output: ") && item.endsWith("/out" + SCRIPT));
    assertThat(page.select("th").eachText())
        .contains("Executor", "Rows failed", "Tokens/s", "KV in use", "KV budget", "Kept fraction");
    assertThat(page.select("tbody tr td:first-child").eachText()).contains("all", "driver");
    assertThat(page.select("a").eachText()).contains("PyramidInfer");
    assertThat(number(page, 2)).isEqualTo(1);
    assertThat(number(page, 3)).isPositive();
  }

  private static boolean showsRowsOfBothKinds(String text) {
    Document page = Jsoup.parse(text);
    return number(page, 1) >= 3 && number(page, 2) >= 1;
  }

  /** A figure of the whole run. */
  private static long number(Document page, int column) {
    Element row = page.select("tbody tr").first();
    return row == null ? 0 : Long.parseLong(row.child(column).text().replace(",", ""));
  }

  private static void checkMetrics(Map<String, Double> metrics) {
    assertThat(metrics)
        .containsEntry("PyramidInferRun_rowsTotal", ROWS)
        .containsEntry("PyramidInferRun_rowsFailed", 1.0)
        .containsEntry("PyramidInfer_rowsFailed", 1.0);
    for (String source : List.of("PyramidInfer_", "PyramidInferRun_")) {
      assertThat(metrics.get(source + "rowsDone")).isPositive();
      assertThat(metrics.get(source + "kvBytes"))
          .isPositive()
          .isLessThanOrEqualTo(metrics.get(source + "kvBudgetBytes"));
      assertThat(metrics.get(source + "keptKvFraction")).isBetween(0.99, 1.01);
    }
    assertThat(metrics.get("PyramidInferRun_tokensPerSecond")).isPositive();
    assertThat(metrics.get("PyramidInfer_newTokens")).isPositive();
  }

  private static void checkDashboard(Map<String, Double> metrics) throws IOException {
    JsonNode dashboard =
        JSON.readTree(repository().resolve("deploy/grafana/pyramid-spark.json").toFile());
    List<String> expressions = dashboard.get("panels").findValuesAsText("expr");
    assertThat(expressions).isNotEmpty();
    assertThat(expressions)
        .allSatisfy(
            expression ->
                assertThat(
                        Pattern.compile("metrics_pyramid_driver_(\\w+)_(?:Value|Count)")
                            .matcher(expression)
                            .results()
                            .map(match -> match.group(1))
                            .toList())
                    .isNotEmpty()
                    .allMatch(metrics::containsKey));
  }

  private static void checkJmx(Map<String, Double> prometheus, Map<String, Double> jmx) {
    assertThat(jmx.keySet().stream().map(name -> "PyramidInfer" + name.replace('.', '_')))
        .containsExactlyInAnyOrderElementsOf(prometheus.keySet());
    assertThat(jmx).containsEntry("Run.rowsTotal", ROWS);
    assertThat(jmx.get("Run.rowsDone"))
        .isGreaterThanOrEqualTo(prometheus.get("PyramidInferRun_rowsDone"));
  }

  /** Where one is installed: it mends markup, and still no text is an element or a script. */
  private void checkInBrowser(String url) throws Exception {
    Optional<Browser> browser = Browser.find(folder);
    if (browser.isPresent()) {
      Document page = Jsoup.parse(browser.orElseThrow().elements(url));
      checkPage(page);
      assertThat(page.title()).doesNotContain(HIT);
    }
  }

  private static void checkLog(String log) throws IOException {
    List<String> lines = log.lines().filter(line -> line.startsWith("{")).toList();
    assertThat(lines).as(log).isNotEmpty();
    boolean rowSeen = false;
    for (String line : lines) {
      JsonNode event = JSON.readTree(line);
      if (event.has("row")) {
        rowSeen = true;
        assertThat(event.get("row").asText()).isEqualTo(MARKUP);
        assertThat(event.get("split").asText()).matches("\\d+");
        assertThat(event.get("run").asText()).hasSize(36);
      }
    }
    assertThat(rowSeen).as(log).isTrue();
    assertThat(log).doesNotContain("hush-hush");
  }

  private static Map<String, Double> metrics(String text) {
    Map<String, Double> metrics = new TreeMap<>();
    METRIC
        .matcher(text)
        .results()
        .forEach(match -> metrics.put(match.group(1), Double.valueOf(match.group(2))));
    return metrics;
  }

  private static List<String> settings(int port) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("spark.ui.enabled", "true");
    settings.put("spark.ui.port", Integer.toString(port));
    settings.put("spark.metrics.namespace", "pyramid");
    String sink = "spark.metrics.conf.driver.sink.prometheusServlet.";
    settings.put(sink + "class", "org.apache.spark.metrics.sink.PrometheusServlet");
    settings.put(sink + "path", "/metrics/prometheus");
    settings.put("spark.metrics.conf.*.sink.jmx.class", "org.apache.spark.metrics.sink.JmxSink");
    settings.put("spark.executor.heartbeatInterval", "100ms");
    settings.put("spark.hadoop.fs.s3a.secret.key", "hush-hush");
    settings.put(
        "log4j2.configurationFile", repository().resolve("conf/log4j2-json.properties").toString());
    return settings.entrySet().stream()
        .map(setting -> "-D%s=%s".formatted(setting.getKey(), setting.getValue()))
        .toList();
  }

  private static Path repository() {
    return Path.of("").toAbsolutePath().getParent();
  }

  private List<String> arguments() throws IOException {
    Path corpus = SlowCorpus.write(folder.resolve("in"));
    Path first = corpus.resolve("a.jsonl");
    String rows = Files.readString(first);
    Files.writeString(
        first,
        "{\"id\": \"%s\", \"prompt\": \"\"}\n".formatted(MARKUP) + rows + rows.repeat(COPIES));
    Path text = corpus.resolve("b.jsonl");
    Files.writeString(text, Files.readString(text).replace("mill", "<script>alert(1)</script>"));
    return List.of(
        "--model",
        model().toString(),
        "--input",
        corpus.toString(),
        "--output",
        folder.resolve("out" + SCRIPT).toString(),
        "--policy",
        "full",
        "--ignore-eos",
        "--max-new-tokens",
        "1200",
        "--max-sequences",
        "3",
        "--partitions",
        "1",
        "--master",
        "local[1]");
  }

  /** Its name is as long as that of the test's model. */
  private Path model() throws IOException {
    Path model = TestModel.write(folder);
    String bytes = Files.readString(model, StandardCharsets.ISO_8859_1);
    int name = bytes.indexOf("tiny", bytes.indexOf("general.name"));
    Files.writeString(
        model,
        bytes.substring(0, name) + MARKUP + bytes.substring(name + MARKUP.length()),
        StandardCharsets.ISO_8859_1);
    return model;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String await(GenerateProcess job, int port, String path, Predicate<String> wanted)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    while (true) {
      try {
        HttpResponse<String> answer =
            http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200 && wanted.test(answer.body())) {
          return answer.body();
        }
      } catch (ConnectException notYet) {
        // Spark is starting, or has ended.
      }
      job.checkAlive();
      Thread.sleep(50);
    }
  }
}
