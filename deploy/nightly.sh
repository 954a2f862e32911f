#!/usr/bin/env bash
# Runs deploy/spark-submit.sh once a night, for cron: {date} in its arguments becomes the day, two runs never overlap, and the
# exit code is the job's. The first word is a folder for the lock and a log of each day. See crontab beside this script.
#   deploy/nightly.sh /var/log/pyramid-spark --master yarn -- --model M --input 'hdfs:///in/{date}' --output 'hdfs:///out/{date}'
# Prints nothing unless the exit code is not 0, so that cron sends mail just then.
set -euo pipefail

folder=${1:?Give a folder for the lock and the logs, then the arguments of spark-submit.sh.}
shift
command -v flock >/dev/null || {
  echo "No flock was found on the PATH; install util-linux." >&2
  exit 1
}
mkdir -p "$folder"
day=$(date +%F)
log=$folder/$day.log

# Whoever runs holds the lock, Spark's JVM too if this script is killed: the night after must wait for it.
exec 9>"$folder/lock"
if ! flock -n 9; then
  echo "The run before has not ended, so that of $day did not start; its log is the newest in $folder." >&2
  exit 75
fi

arguments=()
for argument in "$@"; do
  arguments+=("${argument//'{date}'/$day}")
done

code=0
{
  echo "$(date -Iseconds) begins"
  "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/spark-submit.sh" ${arguments[@]+"${arguments[@]}"} || code=$?
  echo "$(date -Iseconds) exit code $code"
} >>"$log" 2>&1 </dev/null
if [ "$code" != 0 ]; then
  echo "The run of $day ended with exit code $code; the end of $log:" >&2
  tail -n 20 "$log" >&2
fi
exit "$code"
