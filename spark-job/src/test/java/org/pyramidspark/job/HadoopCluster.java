package org.pyramidspark.job;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/** HDFS and YARN, each with its real servers, in this JVM; containers are processes. */
final class HadoopCluster implements AutoCloseable {
  private static final String QUEUE = "yarn.scheduler.capacity.root.default.";

  private final MiniDFSCluster hdfs;
  private final MiniYARNCluster yarn;
  private final Path settings;

  private HadoopCluster(MiniDFSCluster hdfs, MiniYARNCluster yarn, Path settings) {
    this.hdfs = hdfs;
    this.yarn = yarn;
    this.settings = settings;
  }

  /**
   * Starts one server of each kind.
   *
   * @param folder for blocks and settings
   */
  static HadoopCluster start(Path folder) throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    MiniDFSCluster hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    MiniYARNCluster yarn = new MiniYARNCluster("yarn", 1, 1, 1);
    yarn.init(yarnSettings(hdfs.getURI().toString()));
    yarn.start();
    HadoopCluster cluster = new HadoopCluster(hdfs, yarn, folder.resolve("hadoop"));
    cluster.writeSettings();
    return cluster;
  }

  /** The one queue of a cluster that was just installed, which these jars have no file for. */
  private static Configuration yarnSettings(String fileSystem) {
    Configuration conf = new YarnConfiguration();
    conf.set("fs.defaultFS", fileSystem);
    conf.set("yarn.scheduler.capacity.root.queues", "default");
    conf.setInt(QUEUE + "capacity", 100);
    conf.setInt("yarn.scheduler.capacity.maximum-am-resource-percent", 1);
    conf.setInt("yarn.minicluster.yarn.nodemanager.resource.memory-mb", 6144);
    conf.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
    // Servers of one machine need not be patient with each other.
    conf.setInt("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", 100);
    conf.setInt("yarn.nodemanager.sleep-delay-before-sigkill.ms", 100);
    conf.setInt("yarn.nodemanager.process-kill-wait.ms", 100);
    // A machine whose disk is nearly full is healthy enough for a test.
    conf.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
    return conf;
  }

  /** Those of YARN name the file system too. */
  private void writeSettings() throws IOException {
    Files.createDirectories(settings);
    for (String name : List.of("core-site.xml", "yarn-site.xml")) {
      try (OutputStream stream = Files.newOutputStream(settings.resolve(name))) {
        yarn.getConfig().writeXml(stream);
      }
    }
  }

  /** What {@code HADOOP_CONF_DIR} is to name. */
  Path settings() {
    return settings;
  }

  FileSystem fileSystem() throws IOException {
    return hdfs.getFileSystem();
  }

  @Override
  public void close() {
    yarn.stop();
    hdfs.shutdown();
  }
}
