package org.pyramidspark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;

/** The borders between the stages, as each package's page says them. */
@AnalyzeClasses(packages = "org.pyramidspark", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule STAGES =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("org.pyramidspark..")
          .layer("errors")
          .definedBy("..errors..")
          .layer("config")
          .definedBy("..config..")
          .layer("checkpoint")
          .definedBy("..checkpoint..")
          .layer("tokens")
          .definedBy("..tokens..")
          .layer("cache")
          .definedBy("..cache..")
          .layer("machinecode")
          .definedBy("..machinecode..")
          .layer("op")
          .definedBy("..op..")
          .layer("graph")
          .definedBy("..graph..")
          .layer("engine")
          .definedBy("..engine..")
          .layer("planning")
          .definedBy("..planning..")
          .layer("quality")
          .definedBy("..quality..")
          .layer("djl")
          .definedBy("org.pyramidspark.djl..")
          .whereLayer("errors")
          .mayNotAccessAnyLayer()
          .whereLayer("config")
          .mayOnlyAccessLayers("errors")
          .whereLayer("checkpoint")
          .mayOnlyAccessLayers("config", "errors")
          .whereLayer("tokens")
          .mayOnlyAccessLayers("checkpoint", "config", "errors")
          .whereLayer("cache")
          .mayOnlyAccessLayers("config", "errors")
          .whereLayer("machinecode")
          .mayNotAccessAnyLayer()
          .whereLayer("op")
          .mayOnlyAccessLayers("machinecode", "cache", "config", "errors")
          .whereLayer("graph")
          .mayOnlyAccessLayers("op", "cache", "checkpoint", "config", "errors")
          .whereLayer("engine")
          .mayOnlyAccessLayers("graph", "op", "cache", "tokens", "checkpoint", "config", "errors")
          .whereLayer("planning")
          .mayOnlyAccessLayers("cache", "config", "errors")
          .whereLayer("quality")
          .mayOnlyAccessLayers("errors")
          .whereLayer("djl")
          .mayOnlyAccessLayers("engine", "cache", "tokens", "checkpoint", "config", "errors")
          .whereLayer("djl")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.pyramidspark.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_SPARK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
          .because("the model runtime serves without Spark");

  @ArchTest
  static final ArchRule ONE_LOGGER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.logging..", "org.apache.logging..")
          .because("SLF4J is the one logger");

  @ArchTest
  static final ArchRule NO_PRINTING =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .because("what is said goes through the logger or the caller's consumer");
}
