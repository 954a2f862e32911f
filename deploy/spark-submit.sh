#!/usr/bin/env bash
# Runs `generate`, or `evaluate`, `compare`, `calibrate` or `benchmark` if that is the first word, with the spark-submit of
# an installed Spark 4.2 (SPARK_HOME, or on the PATH). Options before -- go to spark-submit, those after it to the job:
#   deploy/spark-submit.sh --master spark://host:7077 -- --model M --input PATH --output DIR
#   deploy/spark-submit.sh evaluate --master yarn --properties-file deploy/conf/yarn.conf -- PATH --output DIR
# docs/deploy.md has the options for each kind of cluster. The driver's Java options are left to spark-submit, which
# gives the flags that we need too.
set -euo pipefail

# shellcheck source=spark.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/spark.sh"
lib=$(find_distribution)/lib
submit=$(find_spark spark-submit)

class=org.pyramidspark.job.GenerateJob
case "${1:-}" in
  generate) shift ;;
  evaluate)
    class=org.pyramidspark.job.EvaluateJob
    shift
    ;;
  compare)
    class=org.pyramidspark.job.CompareJob
    shift
    ;;
  calibrate)
    class=org.pyramidspark.job.CalibrateJob
    shift
    ;;
  benchmark)
    class=org.pyramidspark.job.BenchmarkJob
    shift
    ;;
esac

# Where every machine has the distribution, jars are not sent: in its folder PYRAMID_INSTALLED, by default that of the image on Kubernetes.
place=${PYRAMID_INSTALLED:+local://$PYRAMID_INSTALLED/lib}
place=${place:-$lib}
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  case "$1" in
    k8s://* | --master=k8s://*) place=local://${PYRAMID_INSTALLED:-/opt/pyramid-spark}/lib ;;
  esac
  options+=("$1")
  shift
done
[ $# -eq 0 ] || shift

jars=
for jar in "$lib"/*.jar; do
  jar=$place/${jar##*/}
  case "$jar" in
    */spark-job-*.jar) application=$jar ;;
    *) jars=$jars${jars:+,}$jar ;;
  esac
done

exec "$submit" --class "$class" \
  --jars "$jars" ${options[@]+"${options[@]}"} \
  "$application" "$@"
