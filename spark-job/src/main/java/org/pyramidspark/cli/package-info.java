/**
 * The command line: {@code pyramid-spark} and its subcommands. May import everything; nothing
 * imports it.
 */
package org.pyramidspark.cli;
