#!/usr/bin/env bash
# Runs a master or a worker of Spark's standalone cluster, out of an installed Spark 4.2 (SPARK_HOME, or on the PATH) and on
# a JDK that our executors can use. Stays in the foreground, for systemd or a terminal; further words go to Spark:
#   deploy/standalone.sh master --host HOST
#   deploy/standalone.sh worker spark://HOST:7077 --cores 8 --memory 2g
# A worker counts the heap of its executors alone, so its --memory says how many run: docs/deploy.md has the sums.
set -euo pipefail

# shellcheck source=spark.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/spark.sh"

case "${1:-}" in
  master) class=org.apache.spark.deploy.master.Master ;;
  worker) class=org.apache.spark.deploy.worker.Worker ;;
  *)
    echo "First word '${1:-}' is neither master nor worker; give one of them, then options of Spark's." >&2
    exit 2
    ;;
esac
shift
spark_class=$(find_spark spark-class)
exec "$spark_class" "$class" "$@"
