package org.pyramidspark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * As much of a Kubernetes API server as Spark asks for: it keeps what is created, gives and lists
 * it, and says of every pod that it runs. Watchers hear nothing, and list again.
 */
final class KubernetesApi implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern PATH =
      Pattern.compile("/(?:api|apis/[^/]+)/v1/namespaces/[^/]+/([a-z]+)(?:/([^/]+))?");

  private final Map<String, ObjectNode> objects = new ConcurrentSkipListMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Consumer<JsonNode> onPod;
  private final HttpServer server;

  private KubernetesApi(HttpServer server, Consumer<JsonNode> onPod) {
    this.server = server;
    this.onPod = onPod;
  }

  /**
   * Starts it.
   *
   * @param onPod is given every pod that is created, before its creator knows
   */
  static KubernetesApi start(Consumer<JsonNode> onPod) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    KubernetesApi api = new KubernetesApi(server, onPod);
    server.createContext("/", api::answer);
    server.setExecutor(api.threads);
    server.start();
    return api;
  }

  /** What {@code --master} is to be. */
  String master() {
    return "k8s://http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All objects of a kind, such as {@code pods}. */
  List<ObjectNode> all(String kind) {
    return objects.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(kind + "/"))
        .map(Map.Entry::getValue)
        .toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = PATH.matcher(exchange.getRequestURI().getPath());
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      if (!path.matches()) {
        reply(exchange, 404, status(404));
      } else if (exchange.getRequestHeaders().containsKey("Upgrade")) {
        // No web socket here: clients then watch by plain HTTP.
        reply(exchange, 503, status(503));
      } else if (query.contains("watch=true")) {
        watch(exchange);
      } else {
        reply(exchange, path.group(1), path.group(2), query);
      }
    }
  }

  private void reply(HttpExchange exchange, String kind, String name, String query)
      throws IOException {
    JsonNode answer =
        switch (exchange.getRequestMethod()) {
          case "GET" -> name == null ? list(kind, query) : objects.get(kind + "/" + name);
          case "POST" -> create(kind, body(exchange));
          case "PATCH" -> apply(kind, name, body(exchange));
          case "DELETE" -> delete(kind, name);
          default -> null;
        };
    reply(exchange, answer == null ? 404 : 200, answer == null ? status(404) : answer);
  }

  /** JSON is YAML too. */
  private static ObjectNode body(HttpExchange exchange) throws IOException {
    return (ObjectNode) YAML.readTree(exchange.getRequestBody());
  }

  /** What is there stays as it is. */
  private JsonNode apply(String kind, String name, ObjectNode object) {
    JsonNode there = objects.get(kind + "/" + name);
    return there == null ? create(kind, object) : there;
  }

  private JsonNode create(String kind, ObjectNode object) {
    ObjectNode metadata = object.withObjectProperty("metadata");
    metadata.put("uid", UUID.randomUUID().toString()).put("resourceVersion", "1");
    if (kind.equals("pods")) {
      object.putObject("status").put("phase", "Running").put("podIP", "127.0.0.1");
      onPod.accept(object);
    }
    objects.put(kind + "/" + metadata.get("name").asText(), object);
    return object;
  }

  private JsonNode list(String kind, String query) {
    ObjectNode list = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
    list.putObject("metadata").put("resourceVersion", "1");
    var items = list.putArray("items");
    all(kind).stream().filter(object -> isSelected(object, query)).forEach(items::add);
    return list;
  }

  /** By labels that are to have a value. */
  private static boolean isSelected(JsonNode object, String query) {
    return Arrays.stream(query.split("&"))
        .filter(part -> part.startsWith("labelSelector="))
        .flatMap(part -> Arrays.stream(part.substring("labelSelector=".length()).split(",")))
        .map(label -> label.split("="))
        .allMatch(label -> object.at("/metadata/labels").path(label[0]).asText().equals(label[1]));
  }

  private JsonNode delete(String kind, String name) {
    if (name != null) {
      objects.remove(kind + "/" + name);
    }
    return status(200);
  }

  /** Holds a watcher until the server stops. */
  private static void watch(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().flush();
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static ObjectNode status(int code) {
    return JSON.createObjectNode()
        .put("apiVersion", "v1")
        .put("kind", "Status")
        .put("status", code == 200 ? "Success" : "Failure")
        .put("code", code);
  }

  private static void reply(HttpExchange exchange, int code, JsonNode answer) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
