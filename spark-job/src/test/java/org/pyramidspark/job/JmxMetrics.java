package org.pyramidspark.job;

import com.sun.tools.attach.VirtualMachine;
import java.util.Map;
import java.util.TreeMap;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What a JVM shows by JMX, read as by JConsole: from outside, by its process id. */
final class JmxMetrics {
  private JmxMetrics() {}

  /**
   * Figures of Spark's metrics.
   *
   * @param prefix of their names
   * @return by the rest of their names
   */
  static Map<String, Double> read(ProcessHandle jvm, String prefix) throws Exception {
    VirtualMachine machine = VirtualMachine.attach(Long.toString(jvm.pid()));
    JMXServiceURL address = new JMXServiceURL(machine.startLocalManagementAgent());
    machine.detach();
    try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
      MBeanServerConnection beans = connector.getMBeanServerConnection();
      Map<String, Double> metrics = new TreeMap<>();
      for (ObjectName name :
          beans.queryNames(new ObjectName("metrics:name=%s*,*".formatted(prefix)), null)) {
        String attribute = name.getKeyProperty("type").equals("counters") ? "Count" : "Value";
        Number figure = (Number) beans.getAttribute(name, attribute);
        metrics.put(name.getKeyProperty("name").substring(prefix.length()), figure.doubleValue());
      }
      return metrics;
    }
  }
}
