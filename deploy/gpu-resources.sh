#!/usr/bin/env bash
# Tells Spark which GPUs this worker or executor has, as its discovery script:
#   spark.executor.resource.gpu.discoveryScript=/opt/pyramid-spark/deploy/gpu-resources.sh
# Prints {"name": "gpu", "addresses": ["0", "1"]}: indexes as nvidia-smi counts. Of all GPUs these remain:
#   CUDA_VISIBLE_DEVICES     indexes or whole ids; empty or -1 for none
#   NVIDIA_VISIBLE_DEVICES   as container runtimes have it: all, none, void, or indexes or whole ids
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

command -v nvidia-smi >/dev/null ||
  fail "No nvidia-smi was found on the PATH; install NVIDIA's driver, or ask Spark for no GPU."
listed=$(nvidia-smi --query-gpu=index,uuid --format=csv,noheader) ||
  fail "nvidia-smi failed ($(printf %s "$listed" | head -n 1)); mend NVIDIA's driver, or ask Spark for no GPU."
listed=$(printf '%s\n' "$listed" | tr -d ' ')

# Prints the listed GPUs that the value $2 of variable $1 names by index or by id.
named() {
  local name gpu found
  for name in ${2//,/ }; do
    found=
    for gpu in $listed; do
      if [ "${gpu%%,*}" = "$name" ] || [ "${gpu#*,}" = "$name" ]; then
        found=$gpu
      fi
    done
    [ -n "$found" ] || fail "$1 names $name, which nvidia-smi does not list; give indexes or whole ids that it lists."
    echo "$found"
  done
}

count() {
  printf '%s' "$1" | tr ',' '\n' | grep -c . || true
}

case "${NVIDIA_VISIBLE_DEVICES:-all}" in
  all) ;;
  none | void) listed= ;;
  *)
    # In a container nvidia-smi lists what the variable names, and counts them anew.
    if [ "$(count "$NVIDIA_VISIBLE_DEVICES")" != "$(printf '%s\n' "$listed" | grep -c .)" ]; then
      listed=$(named NVIDIA_VISIBLE_DEVICES "$NVIDIA_VISIBLE_DEVICES")
    fi
    ;;
esac
case "${CUDA_VISIBLE_DEVICES-all}" in
  all) ;;
  '' | -1) listed= ;;
  *) listed=$(named CUDA_VISIBLE_DEVICES "$CUDA_VISIBLE_DEVICES") ;;
esac

addresses=
for gpu in $listed; do
  addresses="$addresses${addresses:+, }\"${gpu%%,*}\""
done
[ -n "$addresses" ] ||
  fail "There is no GPU that this process may use; check nvidia-smi, CUDA_VISIBLE_DEVICES and NVIDIA_VISIBLE_DEVICES, or ask Spark for none."
printf '{"name": "gpu", "addresses": [%s]}\n' "$addresses"
