#!/usr/bin/env bash
# Runs `generate`, or `evaluate`, `compare` or `calibrate` if that is the first word, with the spark-submit of an
# installed Spark 4.2 (SPARK_HOME, or on the PATH). Options before -- go to spark-submit, those after it to the job:
#   deploy/spark-submit.sh --master spark://host:7077 -- --model M --input PATH --output DIR
#   deploy/spark-submit.sh evaluate --master spark://host:7077 -- PATH --output DIR
#   deploy/spark-submit.sh compare --master spark://host:7077 -- --model M --input PATH --output DIR
# The driver's Java options are left to spark-submit, which gives the flags that we need too.
set -euo pipefail

script=${BASH_SOURCE[0]}
while [ -L "$script" ]; do
  target=$(readlink "$script")
  case "$target" in
    /*) script=$target ;;
    *) script=$(dirname "$script")/$target ;;
  esac
done
home=$(cd "$(dirname "$script")/.." && pwd -P)
. "$home/bin/jdk.sh"
JAVA_HOME=$(find_jdk)
export JAVA_HOME

# In a source checkout the distribution is what the build made of it.
dist=$home
if [ -f "$home/pom.xml" ]; then
  built=$(ls -d "$home"/dist/pyramid-spark-*/BUILT 2>/dev/null | head -n 1 || true)
  [ -n "$built" ] || {
    echo "There is no distribution in $home/dist; build it with bin/pyramid-spark --version." >&2
    exit 1
  }
  dist=$(dirname "$built")
fi

submit=spark-submit
[ -z "${SPARK_HOME:-}" ] || submit=$SPARK_HOME/bin/spark-submit
command -v "$submit" >/dev/null || {
  echo "No spark-submit was found; install Spark 4.2 and set SPARK_HOME to its folder." >&2
  exit 1
}

jars=
for jar in "$dist"/lib/*.jar; do
  case "$jar" in
    */spark-job-*.jar) application=$jar ;;
    *) jars=$jars${jars:+,}$jar ;;
  esac
done

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
esac

options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  options+=("$1")
  shift
done
[ $# -eq 0 ] || shift

exec "$submit" --class "$class" \
  --jars "$jars" ${options[@]+"${options[@]}"} \
  "$application" "$@"
