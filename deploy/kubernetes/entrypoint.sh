#!/usr/bin/env bash
# The image's entry. Spark asks for `driver` or `executor`, with the rest in the environment; any other words are those of
# deploy/spark-submit.sh, which then runs in this container.
set -euo pipefail

# shellcheck source=../spark.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../spark.sh"
: "${SPARK_HOME:?}"

case "${1:-}" in
  driver)
    shift
    exec "$SPARK_HOME/bin/spark-submit" \
      --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS" \
      --conf "spark.executorEnv.SPARK_DRIVER_POD_IP=$SPARK_DRIVER_BIND_ADDRESS" \
      --deploy-mode client "$@"
    ;;
  executor)
    # Spark's Java options, in the order of their numbers.
    options=()
    option=SPARK_JAVA_OPT_0
    while [ -n "${!option+set}" ]; do
      options+=("${!option}")
      option=SPARK_JAVA_OPT_${#options[@]}
    done
    exec "$JAVA_HOME/bin/java" ${options[@]+"${options[@]}"} \
      "-Xms$SPARK_EXECUTOR_MEMORY" "-Xmx$SPARK_EXECUTOR_MEMORY" \
      -cp "${SPARK_CONF_DIR:+$SPARK_CONF_DIR:}${SPARK_CLASSPATH:+$SPARK_CLASSPATH:}$SPARK_HOME/jars/*" \
      org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
      --driver-url "$SPARK_DRIVER_URL" \
      --executor-id "$SPARK_EXECUTOR_ID" \
      --cores "$SPARK_EXECUTOR_CORES" \
      --app-id "$SPARK_APPLICATION_ID" \
      --hostname "$SPARK_EXECUTOR_POD_IP" \
      --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID" \
      --podName "$SPARK_EXECUTOR_POD_NAME"
    ;;
  *) exec "$home/deploy/spark-submit.sh" "$@" ;;
esac
