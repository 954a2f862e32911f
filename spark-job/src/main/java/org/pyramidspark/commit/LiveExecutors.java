package org.pyramidspark.commit;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The executors whose JVMs live, as Spark's driver knows at a moment.
 *
 * @param application of Spark's
 * @param here the executor of this JVM
 * @param ids of all, this one included
 */
record LiveExecutors(String application, String here, Set<String> ids) {
  static final LiveExecutors NONE = new LiveExecutors("", "", Set.of());

  /** Asks the driver; to be called by a task. */
  static LiveExecutors now() {
    SparkEnv env = SparkEnv.get();
    BlockManager blocks = env.blockManager();
    Set<String> ids = new HashSet<>(Set.of(env.executorId()));
    CollectionConverters.asJava(blocks.master().getPeers(blocks.blockManagerId()))
        .forEach(peer -> ids.add(peer.executorId()));
    return new LiveExecutors(env.conf().getAppId(), env.executorId(), ids);
  }

  /** Whether the attempt that has left a mark may still run. */
  boolean run(SplitMark mark) {
    return mark.application().equals(application) && ids.contains(mark.executor());
  }

  /** A mark of this JVM's. */
  SplitMark mark(
      int split, long version, Set<Long> begun, Set<Long> suspects, Set<Long> quarantined) {
    return new SplitMark(split, application, here, version, begun, suspects, quarantined);
  }
}
