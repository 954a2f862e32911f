package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pyramidspark.comparison.ComparisonReport.Rows;
import org.pyramidspark.report.ReportTables;
import org.pyramidspark.report.html.Block;
import org.pyramidspark.report.html.Page;
import org.pyramidspark.report.html.Paragraph;
import org.pyramidspark.report.html.Points;
import org.pyramidspark.report.html.Section;
import org.pyramidspark.report.html.ShadeScale;
import org.pyramidspark.report.html.Subheading;
import org.pyramidspark.report.html.Tile;

/**
 * The report of a comparison as a page.
 *
 * @param report the figures
 * @param examples the rows that are shown whole
 */
record ComparisonPage(ComparisonReport report, List<ComparedExample> examples) {

  Page page() {
    return new Page(
        "Comparison of " + report.started(),
        "Policies compared on " + report.model().name(),
        "Comparison of %s. Model %s, SHA-256 %s"
            .formatted(report.started(), report.model().path(), report.model().sha256()),
        tiles(),
        List.of(
            new Section("best", "Which is best", best()),
            new Section("memory", "Quality over memory", memory()),
            new Section("time", "Quality over time", time()),
            new Section("policies", "Policies", tables()),
            new Section("rows", "Rows", rows()),
            new Section("errors", "Errors", errors()),
            new Section(
                "settings",
                "Settings",
                List.of(ReportTables.entries("Settings", "Option", report.settings()))),
            new Section("machine", "Machine and versions", machine())));
  }

  private boolean isEmpty() {
    return report.rows().compared() == 0;
  }

  private List<Tile> tiles() {
    Rows rows = report.rows();
    return List.of(
        new Tile("Rows compared", count(rows.compared()), "of " + count(rows.total())),
        new Tile("Errors", count(rows.errors()), kinds(rows.errorKinds())),
        new Tile("Prompts cut", count(rows.truncated()), "of the compared rows"),
        new Tile("Policies", count(report.policies().size()), "the full cache included"),
        new Tile("Time", number(report.seconds()) + " s", "completions and trials, all policies"));
  }

  private static String kinds(Map<String, Long> rows) {
    return rows.entrySet().stream()
        .map(entry -> entry.getKey() + " " + count(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private List<Block> best() {
    List<String> sentences = new ComparisonVerdict(report).sentences();
    if (sentences.isEmpty()) {
      return List.of(Paragraph.of("No row could be compared."));
    }
    return List.of(
        new Points(sentences),
        Paragraph.note(
            "Best is the least KL divergence from the full cache; memory is what caches keep of"
                + " the prompts, time is the seconds that completing all rows took, which are"
                + " measured once and have no interval."
                + " In brackets are 95 % intervals of the bootstrap over rows; differences are of"
                + " the same rows."));
  }

  private List<Block> memory() {
    return isEmpty() ? nothing() : new ComparisonPlots(report.policies()).overMemory();
  }

  private List<Block> time() {
    return isEmpty() ? nothing() : new ComparisonPlots(report.policies()).overTime();
  }

  private static List<Block> nothing() {
    return List.of(Paragraph.of("There is nothing to show."));
  }

  private List<Block> tables() {
    PolicyTables tables = new PolicyTables(report.policies());
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Subheading("Speed and memory"));
    blocks.add(tables.cost());
    blocks.add(new Subheading("Against the full cache"));
    blocks.add(tables.loss());
    blocks.add(
        Paragraph.note(
            "KL (nats) and agreement of the next token along the full cache's own completions;"
                + " ROUGE (percent) between the completions."));
    blocks.add(new Subheading("Against the references"));
    if (report.policies().stream().allMatch(policy -> policy.rouge() == null)) {
      blocks.add(Paragraph.of("No row has a reference."));
    } else {
      blocks.add(tables.references());
      blocks.add(
          Paragraph.note(
              "NLL (nats a token) and perplexity of the references; ROUGE (percent) of the"
                  + " completions against them."));
    }
    return blocks;
  }

  private List<Block> rows() {
    if (examples.isEmpty()) {
      return List.of(Paragraph.of("No row was drawn, see --report-rows."));
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        Paragraph.note(
            "Rows drawn by their ids. KL (nats) and agreement are of this row, along the full"
                + " cache's completion. A token is shaded by how many layers' caches kept it after"
                + " the prefill; under pyramid that is the layer which dropped it. Unfold a policy"
                + " to read the prompt; pointing at a text shows the number."));
    blocks.add(new ShadeScale());
    for (int i = 0; i < examples.size(); i++) {
      blocks.add(new ComparedExamplePage("row-" + (i + 1), examples.get(i)).fold(i == 0));
    }
    return blocks;
  }

  private List<Block> errors() {
    if (report.errorRows().isEmpty()) {
      return List.of(Paragraph.of("All rows are compared."));
    }
    List<Block> blocks = new ArrayList<>(List.of(ReportTables.errorRows(report.errorRows())));
    long more = report.rows().errors() - report.errorRows().size();
    if (more > 0) {
      blocks.add(Paragraph.note(count(more) + " more are in part-*.jsonl, without a policy."));
    }
    return blocks;
  }

  private List<Block> machine() {
    return List.of(
        ReportTables.engines(report.engines()),
        new Subheading("Versions"),
        ReportTables.entries("Versions", "Of", report.versions()));
  }
}
