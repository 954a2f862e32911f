package org.pyramidspark.tables;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.pyramidspark.commit.TablePlan.RowRange;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The rows of a range, in a task. Each is a copy; read by one thread.
 *
 * @param partition all rows of the partition that holds the range
 */
record TableSplit(RowRange range, scala.collection.Iterator<InternalRow> partition) {

  /** To be called once. */
  Iterator<InternalRow> rows() {
    Iterator<InternalRow> all = CollectionConverters.asJava(partition);
    for (long before = 0; before < range.firstRow() && all.hasNext(); before++) {
      all.next();
    }
    return new Iterator<>() {
      private long left = range.rows();

      @Override
      public boolean hasNext() {
        if (left > 0 && !all.hasNext()) {
          throw new IllegalStateException(
              "Partition %d of the input ended %d rows before the end of split %d, though they were"
                      .formatted(range.partition(), left, range.split())
                  + " counted when the run was planned: the input has changed.");
        }
        return left > 0;
      }

      @Override
      public InternalRow next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        left--;
        // Spark's readers write the next row over the one that they have handed out.
        return all.next().copy();
      }
    };
  }
}
