package org.pyramidspark.tables;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.execution.datasources.DataSource$;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.v2.FileDataSourceV2;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.pyramidspark.errors.InvalidInputException;

/** The formats that are registered on the class path, by their short names. */
final class Formats {
  private Formats() {}

  /**
   * Checks that there is such a format. Spark would load a class by this name, too; only what the
   * class path registers is let through.
   *
   * @throws InvalidInputException if there is none
   */
  static void check(String option, String format, List<String> others) {
    TreeSet<String> names = new TreeSet<>(Comparator.naturalOrder());
    names.addAll(others);
    for (DataSourceRegister source : registered()) {
      names.add(source.shortName().toLowerCase(java.util.Locale.ROOT));
    }
    if (!names.contains(format)) {
      throw InvalidInputException.of(
          "Option %s is %s, and no format of that name is registered on the class path; give one of"
              + " %s, or add the jar of another by --jars.",
          option, format, String.join(", ", names));
    }
  }

  private static List<DataSourceRegister> registered() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return ServiceLoader.load(DataSourceRegister.class, loader).stream()
        .flatMap(Formats::made)
        .toList();
  }

  /** Some formats need classes that are not there. */
  private static Stream<DataSourceRegister> made(ServiceLoader.Provider<DataSourceRegister> one) {
    try {
      return Stream.of(one.get());
    } catch (ServiceConfigurationError | NoClassDefFoundError absent) {
      return Stream.empty();
    }
  }

  /**
   * The writer of a format.
   *
   * @throws InvalidInputException if there is none
   */
  static FileFormat ofOutput(String format, SQLConf conf) {
    check("--output-format", format, List.of());
    try {
      Object source = make(DataSource$.MODULE$.lookupDataSource(format, conf));
      Object files = source instanceof FileDataSourceV2 v2 ? make(v2.fallbackFileFormat()) : source;
      if (files instanceof FileFormat writer) {
        return writer;
      }
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException(broken);
    }
    throw InvalidInputException.of(
        "Option --output-format is %s, which writes no files, so its rows could not be committed"
            + " exactly once; give a format of files, such as parquet, orc, json or csv.",
        format);
  }

  private static Object make(Class<?> type) throws ReflectiveOperationException {
    return type.getDeclaredConstructor().newInstance();
  }
}
