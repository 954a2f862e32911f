package org.pyramidspark.evaluation;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.Partitioner;

/**
 * What brings rows together, and their order: by id, then by source, then by place.
 *
 * @param id the row's own, or its place
 * @param source where it comes from
 * @param file name of its file
 * @param line from 1
 * @param index of the instruction, where a line gives several rows
 */
record RowKey(String id, Source source, String file, long line, int index)
    implements Comparable<RowKey>, Serializable {
  private static final Comparator<RowKey> ORDER =
      Comparator.comparing(RowKey::id)
          .thenComparing(RowKey::source)
          .thenComparing(RowKey::file)
          .thenComparingLong(RowKey::line)
          .thenComparingInt(RowKey::index);

  @Override
  public int compareTo(RowKey other) {
    return ORDER.compare(this, other);
  }

  /** Whether the row's place stands for its id. */
  boolean isPlace() {
    return id.equals(file + "#" + line);
  }

  /** How messages name the row's place. */
  String place() {
    return "File %s, line %d".formatted(file, line);
  }

  /** Brings the rows of an id to one partition. */
  static final class ById extends Partitioner {
    private static final long serialVersionUID = 1L;
    private final int partitions;

    ById(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return Math.floorMod(((RowKey) key).id().hashCode(), partitions);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ById that && that.partitions == partitions;
    }

    @Override
    public int hashCode() {
      return partitions;
    }
  }
}
