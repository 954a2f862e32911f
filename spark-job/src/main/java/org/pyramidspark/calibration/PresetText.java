package org.pyramidspark.calibration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.calibration.CalibrationReport.Trial;
import org.pyramidspark.report.RunReport;

/** The preset file of a calibration: the settings, the model they are for, and the evidence. */
public final class PresetText {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build();

  private PresetText() {}

  /**
   * @param corpus where the rows came from
   * @param search what the settings cost on the rows that were searched on
   * @param check the same on rows that the search did not see
   */
  public static String of(
      CachePolicy policy,
      RunReport.Model model,
      String corpus,
      double maxLoss,
      Trial search,
      Trial check) {
    Map<String, Object> preset = new LinkedHashMap<>();
    preset.put("policy", policy.name());
    policy
        .settings()
        .forEach((key, value) -> preset.put(key, isSwitch(value) ? "true".equals(value) : value));
    preset.put("model", Map.of("name", model.name(), "sha256", model.sha256()));
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("corpus", corpus);
    evidence.put("max_loss", maxLoss);
    evidence.put("search", evidence(search));
    evidence.put("check", evidence(check));
    preset.put("evidence", evidence);
    try {
      return "# Found by calibrate.\n" + YAML.writeValueAsString(preset);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static boolean isSwitch(Object value) {
    return "true".equals(value) || "false".equals(value);
  }

  private static Map<String, Object> evidence(Trial trial) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("rows", trial.rows());
    figures.put("kl", rounded(trial.loss()));
    if (trial.low() != null) {
      figures.put("kl_low", rounded(trial.low()));
      figures.put("kl_high", rounded(trial.high()));
    }
    figures.put("agreement", rounded(trial.agreement()));
    figures.put("rows_computed", rounded(trial.computedFraction()));
    figures.put("kv_kept", rounded(trial.keptFraction()));
    return figures;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e5) / 1e5;
  }
}
