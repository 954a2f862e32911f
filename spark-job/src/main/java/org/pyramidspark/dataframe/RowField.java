package org.pyramidspark.dataframe;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** What a row of a DataFrame may hold for a completion, by the names of the JSONL format. */
enum RowField {
  PROMPT("prompt", "a string"),
  MESSAGES("messages", "a list of structs of role and content"),
  PROMPT_TOKEN_IDS("prompt_token_ids", "a list of whole numbers"),
  /** With {@link #INPUT} a row as in the L-Eval format, of one instruction. */
  INSTRUCTION("instruction", "a string; explode a list of instructions first"),
  INPUT("input", "a string"),
  ID("id", "a string or a whole number"),
  REFERENCE("reference", "a string"),
  MAX_NEW_TOKENS("max_new_tokens", "a whole number");

  /** Each is a prompt by itself. */
  static final List<RowField> PROMPTS = List.of(PROMPT, MESSAGES, PROMPT_TOKEN_IDS);

  /** Together they are a prompt. */
  static final List<RowField> DOCUMENT = List.of(INSTRUCTION, INPUT);

  static final List<RowField> OTHERS = List.of(ID, REFERENCE, MAX_NEW_TOKENS);

  private final String label;
  private final String allowed;

  RowField(String label, String allowed) {
    this.label = label;
    this.allowed = allowed;
  }

  /** The field's name in rows, and the column's unless another is named. */
  String label() {
    return label;
  }

  /** The setting that names the column. */
  String columnSetting() {
    return label + "_column";
  }

  /** Types of its column, in words. */
  String allowedTypes() {
    return allowed;
  }

  boolean accepts(DataType type) {
    return type instanceof NullType
        || switch (this) {
          case PROMPT, INSTRUCTION, INPUT, REFERENCE -> type instanceof StringType;
          case ID -> type instanceof StringType || type instanceof IntegralType;
          case MAX_NEW_TOKENS -> type instanceof IntegralType;
          case MESSAGES ->
              type instanceof ArrayType list
                  && (list.elementType() instanceof StructType
                      || list.elementType() instanceof MapType);
          case PROMPT_TOKEN_IDS ->
              type instanceof ArrayType list && list.elementType() instanceof IntegralType;
        };
  }

  /** The prompt that a value of this type is. */
  static Optional<RowField> promptOf(DataType type) {
    return PROMPTS.stream().filter(field -> field.accepts(type)).findFirst();
  }

  static String allowedPrompts() {
    return String.join(
        ", or ", PROMPTS.stream().map(RowField::allowedTypes).toArray(String[]::new));
  }

  static List<String> labels(List<RowField> fields) {
    return fields.stream().map(RowField::label).toList();
  }
}
