/**
 * Beside {@code dataframe}: the SQL functions {@code generate} and {@code generate_row}, whose
 * calls become its operator. May import {@code dataframe}, {@code executor}, {@code config}, {@code
 * errors} and Spark's catalyst, which besides only {@code dataframe} may.
 */
package org.pyramidspark.sql;
