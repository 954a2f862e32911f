package org.pyramidspark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The borders between the job's stages. */
@AnalyzeClasses(packages = "org.pyramidspark", importOptions = ImportOption.DoNotIncludeTests.class)
class SparkArchitectureTest {

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.pyramidspark.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule STAGES_DO_NOT_KNOW_THE_JOB =
      noClasses()
          .that()
          .resideOutsideOfPackages("..job..", "..cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..job..", "..cli..");

  @ArchTest
  static final ArchRule THE_JOB_DOES_NOT_KNOW_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideOutsideOfPackage("..cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..cli..");

  @ArchTest
  static final ArchRule PROMPTS_COME_FIRST =
      noClasses()
          .that()
          .resideInAPackage("..prompts..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..executor..", "..completions..", "..metrics..", "..report..", "..engine..");

  @ArchTest
  static final ArchRule THE_BOOKS_KNOW_NEITHER_ENGINES_NOR_REPORTS =
      noClasses()
          .that()
          .resideInAPackage("..commit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.pyramidspark.executor..",
              "..engine..",
              "..evaluation..",
              "..comparison..",
              "..report..");

  @ArchTest
  static final ArchRule COMPLETIONS_AND_METRICS_DO_NOT_KNOW_THE_BOOKS =
      noClasses()
          .that()
          .resideInAnyPackage("..completions..", "..metrics..", "..report..", "..evaluation..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..commit..");

  @ArchTest
  static final ArchRule ONLY_THE_EXECUTOR_RUNS_THE_ENGINE =
      noClasses()
          .that()
          .resideInAnyPackage("..prompts..", "..completions..", "..evaluation..", "..report..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.pyramidspark.engine.InferenceEngine");

  @ArchTest
  static final ArchRule SPARKS_PLANNER_IS_USED_BY_ITS_OPERATOR_ALONE =
      noClasses()
          .that()
          .resideOutsideOfPackages("..dataframe..", "..pyramidspark.sql..", "..tables..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.spark.sql.catalyst..", "org.apache.spark.sql.execution..");

  @ArchTest
  static final ArchRule SPARK_ML_IS_USED_BY_ML_ALONE =
      noClasses()
          .that()
          .resideOutsideOfPackage("..pyramidspark.ml..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark.ml..");

  @ArchTest
  static final ArchRule DATAFRAMES_ARE_COMPLETED_BY_EXECUTORS_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage("..dataframe..", "..pyramidspark.sql..", "..pyramidspark.ml..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..report..", "..evaluation..", "..comparison..", "..calibration..");

  @ArchTest
  static final ArchRule MODELS_ARE_FOUND_WITHOUT_ENGINES =
      noClasses()
          .that()
          .resideInAPackage("org.pyramidspark.models..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.pyramidspark.executor..", "..engine..", "..prompts..", "..completions..");

  @ArchTest
  static final ArchRule STAGES_DO_NOT_KNOW_DATAFRAMES =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..dataframe..",
              "..tables..",
              "..pyramidspark.sql..",
              "..pyramidspark.ml..",
              "..job..",
              "..cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..dataframe..", "..pyramidspark.sql..", "..pyramidspark.ml..");

  @ArchTest
  static final ArchRule TABLES_ARE_KNOWN_TO_THE_JOB_ALONE =
      noClasses()
          .that()
          .resideOutsideOfPackages("..tables..", "..job..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..tables..");

  @ArchTest
  static final ArchRule SPARKS_PAGES_AND_METRICS_ARE_USED_BY_MONITORING_ALONE =
      noClasses()
          .that()
          .resideOutsideOfPackage("..monitoring..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.spark.ui..", "org.apache.spark.metrics..", "com.codahale.metrics..");

  @ArchTest
  static final ArchRule MONITORING_KNOWS_METRICS_AND_THE_ENGINES_COUNTERS_ALONE =
      noClasses()
          .that()
          .resideInAPackage("..monitoring..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.pyramidspark.executor..",
              "..completions..",
              "..commit..",
              "..report..",
              "..evaluation..",
              "..prompts..");
}
