package org.pyramidspark.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StringType;
import org.pyramidspark.config.SettingValues;
import org.pyramidspark.dataframe.GenerateSettings;
import org.pyramidspark.errors.InvalidInputException;
import scala.jdk.javaapi.CollectionConverters;

/** Reads the settings of calls: the session's, and over them those of the call. */
final class CallSettings {
  private static final String PREFIX = "spark.pyramid.";

  private CallSettings() {}

  /**
   * @throws InvalidInputException if there is no such setting, or a value is not allowed
   */
  static GenerateSettings of(GenerateCall call, SQLConf session) {
    Map<String, String> ofSession = new LinkedHashMap<>();
    CollectionConverters.asJava(session.getAllConfs())
        .forEach(
            (key, value) -> {
              if (key.startsWith(PREFIX)) {
                ofSession.put(key.substring(PREFIX.length()), value);
              }
            });
    check("Configuration spark.pyramid", ofSession);
    Map<String, String> ofCall = ofCall(call.function().label(), call.settings());
    check("Function " + call.function().label(), ofCall);
    ofSession.putAll(ofCall);
    if (!ofSession.containsKey("model")) {
      throw InvalidInputException.of(
          "Function %s has no model; set %smodel to the path of a GGUF file or the name of a known"
              + " model.",
          call.function().label(), PREFIX);
    }
    return GenerateSettings.of(ofSession);
  }

  private static void check(String origin, Map<String, String> given) {
    SettingValues.of(origin, GenerateSettings.OF_ROWS, given);
  }

  private static Map<String, String> ofCall(String function, List<Expression> arguments) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Expression argument : arguments) {
      String text = text(function, argument);
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw InvalidInputException.of(
            "Function %s: '%s' is no setting; write 'key=value', such as 'max_new_tokens=64'.",
            function, text);
      }
      settings.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }
    return settings;
  }

  private static String text(String function, Expression argument) {
    if (!argument.foldable() || !(argument.dataType() instanceof StringType)) {
      throw InvalidInputException.of(
          "Function %s: argument %s differs from row to row or is no string; after the prompt give"
              + " settings as 'key=value'.",
          function, argument.sql());
    }
    return String.valueOf(argument.eval(InternalRow.empty()));
  }
}
