package org.pyramidspark.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.pyramidspark.dataframe.GenerateSettings;
import org.pyramidspark.dataframe.GeneratedRows;
import org.pyramidspark.dataframe.ModelFiles;
import org.pyramidspark.dataframe.PromptColumns;
import org.pyramidspark.dataframe.Trees;

/**
 * Takes calls out of SELECT lists and WHERE conditions, once they are resolved: {@link
 * GeneratedRows} below gives their completions as a column. Since this is done before anything is
 * optimised, a call is never copied, and equal calls side by side are one.
 */
final class GenerateExtraction extends Rule<LogicalPlan> {
  private final ModelFiles models;

  GenerateExtraction(ModelFiles models) {
    this.models = models;
  }

  /** What makes calls one: prompts that are equal in meaning, and settings. */
  private record Key(Expression prompt, GenerateSettings settings) {}

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    return plan.resolveOperatorsUp(
        Trees.where(GenerateExtraction::mayHaveCalls, this::withoutCalls));
  }

  private static boolean mayHaveCalls(LogicalPlan node) {
    return (node instanceof Project || node instanceof Filter)
        && node.resolved()
        && !GenerateCall.in(node).isEmpty();
  }

  private LogicalPlan withoutCalls(LogicalPlan node) {
    LogicalPlan rewritten = node;
    List<GenerateCall> calls = innermost(rewritten);
    while (!calls.isEmpty()) {
      rewritten = withoutCalls(rewritten, calls);
      calls = innermost(rewritten);
    }
    // A condition's completions are of no use above.
    return node instanceof Filter ? new Project(Trees.named(node.output()), rewritten) : rewritten;
  }

  private static List<GenerateCall> innermost(LogicalPlan node) {
    return GenerateCall.in(node).stream()
        .filter(call -> call.children().forall(child -> GenerateCall.in(child).isEmpty()))
        .toList();
  }

  private LogicalPlan withoutCalls(LogicalPlan node, List<GenerateCall> calls) {
    LogicalPlan child = node.children().head();
    Map<Key, GeneratedRows> generated = new HashMap<>();
    Map<GenerateCall, Expression> results = new HashMap<>();
    for (GenerateCall call : calls) {
      Key key = new Key(call.prompt().canonicalized(), CallSettings.of(call, conf()));
      GeneratedRows rows = call.prompt().deterministic() ? generated.get(key) : null;
      if (rows == null) {
        rows = generate(call.prompt(), key.settings(), child);
        generated.put(key, rows);
        child = rows;
      }
      results.put(call, call.function().of(rows.completion()));
    }
    LogicalPlan above = Trees.over(node, child);
    return (LogicalPlan)
        above.transformExpressions(Trees.where(results::containsKey, results::get));
  }

  private GeneratedRows generate(Expression prompt, GenerateSettings settings, LogicalPlan child) {
    PromptColumns prompts = PromptColumns.ofPrompt(prompt.dataType());
    GeneratedRows.Job job = new GeneratedRows.Job(models.check(settings), settings, prompts);
    if (prompt instanceof Attribute column && child.outputSet().contains(column)) {
      return GeneratedRows.over(child, List.of(column), job);
    }
    Alias column = Trees.alias(prompt, "prompt");
    LogicalPlan withPrompt = new Project(Trees.with(Trees.named(child.output()), column), child);
    return GeneratedRows.over(withPrompt, List.of(column.toAttribute()), job);
  }
}
