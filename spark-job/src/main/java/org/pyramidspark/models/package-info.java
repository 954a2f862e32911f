/**
 * Before stage 1 of 10 on Spark: how a model's file comes to the driver and to the executors, from
 * a path that every host has, from a file system of Hadoop's through a cache on each host, or with
 * Spark's own files. May import {@code checkpoint}, {@code errors}, {@code metrics} for the host's
 * name, Spark and Hadoop's file systems; {@code executor}, {@code dataframe} and {@code job} use
 * it.
 */
package org.pyramidspark.models;
