/**
 * The jobs as commands and as mains for {@code spark-submit}: options, the driver's side of all ten
 * stages, exit codes. May import every other package.
 */
package org.pyramidspark.job;
