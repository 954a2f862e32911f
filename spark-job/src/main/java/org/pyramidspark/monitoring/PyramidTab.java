package org.pyramidspark.monitoring;

import java.util.Locale;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;

/** The tab of Spark's UI. */
final class PyramidTab extends SparkUITab {
  private static final String NAME = "PyramidInfer";

  PyramidTab(SparkUI ui, LiveRun run) {
    super(ui, NAME.toLowerCase(Locale.ROOT));
    attachPage(new RunPage(this, run));
  }

  @Override
  public String name() {
    return NAME;
  }
}
