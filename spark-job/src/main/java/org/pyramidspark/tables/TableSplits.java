package org.pyramidspark.tables;

import java.util.List;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.pyramidspark.commit.TablePlan.RowRange;
import org.pyramidspark.dataframe.Trees;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** One element a partition, the rows of one range: of those ranges only that are to be done. */
final class TableSplits extends RDD<TableSplit> {
  private static final long serialVersionUID = 1L;

  private final transient List<RowRange> ranges;

  /**
   * @param of the partition that is read for it
   */
  private record RangePartition(int index, RowRange range, Partition of) implements Partition {}

  /** A partition may be read for several ranges. */
  private static final class Reads extends NarrowDependency<InternalRow> {
    private static final long serialVersionUID = 1L;
    private final int[] partitions;

    Reads(RDD<InternalRow> rows, int[] partitions) {
      super(rows);
      this.partitions = partitions;
    }

    @Override
    public Seq<Object> getParents(int index) {
      return Trees.seq(List.of((Object) partitions[index]));
    }
  }

  private TableSplits(RDD<InternalRow> rows, List<RowRange> ranges, Dependency<?> reads) {
    super(rows.context(), Trees.<Dependency<?>>seq(List.<Dependency<?>>of(reads)), tag());
    this.ranges = ranges;
  }

  static TableSplits of(RDD<InternalRow> rows, List<RowRange> ranges) {
    int[] partitions = ranges.stream().mapToInt(RowRange::partition).toArray();
    return new TableSplits(rows, ranges, new Reads(rows, partitions));
  }

  private static scala.reflect.ClassTag<TableSplit> tag() {
    return ClassTag$.MODULE$.apply(TableSplit.class);
  }

  @SuppressWarnings("unchecked")
  private RDD<InternalRow> rows() {
    return (RDD<InternalRow>) dependencies().head().rdd();
  }

  @Override
  public Partition[] getPartitions() {
    Partition[] all = rows().partitions();
    Partition[] partitions = new Partition[ranges.size()];
    for (int i = 0; i < partitions.length; i++) {
      RowRange range = ranges.get(i);
      partitions[i] = new RangePartition(i, range, all[range.partition()]);
    }
    return partitions;
  }

  @Override
  public Seq<String> getPreferredLocations(Partition partition) {
    return rows().preferredLocations(((RangePartition) partition).of());
  }

  @Override
  public Iterator<TableSplit> compute(Partition partition, TaskContext task) {
    RangePartition split = (RangePartition) partition;
    Iterator<InternalRow> rows = rows().iterator(split.of(), task);
    return CollectionConverters.asScala(List.of(new TableSplit(split.range(), rows)).iterator());
  }
}
