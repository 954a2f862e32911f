package org.pyramidspark.dataframe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.sql.Row;
import scala.collection.Iterable;
import scala.collection.Map;
import scala.jdk.javaapi.CollectionConverters;

/** Values of a row as JSON: structs and maps become objects, what JSON does not know a string. */
final class JsonValues {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JsonValues() {}

  /**
   * @param value as {@code Row} has it, or null
   */
  static JsonNode of(Object value) {
    return switch (value) {
      case null -> JSON.nullNode();
      case Row struct -> object(struct);
      case Map<?, ?> map -> object(map);
      case Iterable<?> list -> array(list);
      case Long number -> JSON.numberNode(number);
      case Integer number -> JSON.numberNode(number);
      case Short number -> JSON.numberNode(number.intValue());
      case Byte number -> JSON.numberNode(number.intValue());
      default -> JSON.textNode(value.toString());
    };
  }

  private static ObjectNode object(Row struct) {
    ObjectNode object = JSON.objectNode();
    String[] names = struct.schema().fieldNames();
    for (int i = 0; i < names.length; i++) {
      object.set(names[i], of(struct.get(i)));
    }
    return object;
  }

  private static ObjectNode object(Map<?, ?> map) {
    ObjectNode object = JSON.objectNode();
    CollectionConverters.asJava(map)
        .forEach((key, value) -> object.set(String.valueOf(key), of(value)));
    return object;
  }

  private static ArrayNode array(Iterable<?> list) {
    ArrayNode array = JSON.arrayNode();
    CollectionConverters.asJava(list).forEach(value -> array.add(of(value)));
    return array;
  }
}
