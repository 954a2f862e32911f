# Sets JAVA_HOME to a JDK that serves, and finds the distribution and an installed Spark. Sourced by the scripts beside it.
# shellcheck shell=bash

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=../bin/jdk.sh
. "$home/bin/jdk.sh"
JAVA_HOME=$(find_jdk)
export JAVA_HOME

# Prints the distribution's folder; in a source checkout it is what the build made of it.
find_distribution() {
  local built
  if [ ! -f "$home/pom.xml" ]; then
    printf '%s\n' "$home"
    return 0
  fi
  for built in "$home"/dist/pyramid-spark-*/BUILT; do
    if [ -f "$built" ]; then
      dirname "$built"
      return 0
    fi
  done
  echo "There is no distribution in $home/dist; build it with bin/pyramid-spark --version." >&2
  return 1
}

# Prints the path of Spark's command $1, such as spark-submit.
find_spark() {
  local command=$1
  [ -z "${SPARK_HOME:-}" ] || command=$SPARK_HOME/bin/$1
  command -v "$command" && return 0
  echo "No $1 was found; install Spark 4.2 and set SPARK_HOME to its folder." >&2
  return 1
}
