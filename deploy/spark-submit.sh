#!/usr/bin/env bash
# Runs `generate` with the spark-submit of an installed Spark 4.2 (SPARK_HOME, or on the PATH). Options
# before -- go to spark-submit, those after it to the job:
#   deploy/spark-submit.sh --master spark://host:7077 -- --model M --input PATH --output DIR
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
dist=$(ls -d "$home"/dist/pyramid-spark-* 2>/dev/null | tail -n 1)
[ -n "$dist" ] || {
  echo "There is no distribution in $home/dist; build it with bin/pyramid-spark --version." >&2
  exit 1
}
submit=spark-submit
[ -z "${SPARK_HOME:-}" ] || submit=$SPARK_HOME/bin/spark-submit

options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  options+=("$1")
  shift
done
[ $# -eq 0 ] || shift

exec "$submit" --class org.pyramidspark.job.GenerateJob \
  --driver-java-options "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED" \
  --jars "$(echo "$dist"/lib/*.jar | tr ' ' ,)" ${options[@]+"${options[@]}"} \
  "$(ls "$dist"/lib/spark-job-*.jar)" "$@"
