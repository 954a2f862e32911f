# Finds a JDK of version 25 or newer and prints its home. Sourced by the scripts beside it.

# Prints the major version of the JDK in folder $1, or nothing.
jdk_version() {
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
  fi
}

# Succeeds if folder $1 holds a JDK, not just a runtime, of version 25 or newer.
jdk_serves() {
  [ -x "$1/bin/javac" ] || return 1
  local version
  version=$(jdk_version "$1")
  [ -n "$version" ] && [ "$version" -ge 25 ]
}

# Prints the home of the java that is first on the PATH, or nothing.
jdk_on_path() {
  local java
  java=$(command -v java) || return 0
  while [ -L "$java" ]; do
    local target
    target=$(readlink "$java")
    case "$target" in
      /*) java=$target ;;
      *) java=$(dirname "$java")/$target ;;
    esac
  done
  (cd "$(dirname "$java")/.." 2>/dev/null && pwd -P)
}

find_jdk() {
  local candidate
  for candidate in \
    "${JAVA_HOME:-}" \
    "$(jdk_on_path)" \
    "$( [ -x /usr/libexec/java_home ] && /usr/libexec/java_home -v 25+ 2>/dev/null)" \
    /usr/lib/jvm/* \
    /usr/java/* \
    /opt/*jdk* /opt/*java* /opt/jdk/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    "${HOME:-/nonexistent}"/.jdks/* \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$candidate" ] && jdk_serves "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  echo "No JDK of version 25 or newer was found; install one (for example Eclipse Temurin 25) and set JAVA_HOME to its folder." >&2
  return 1
}
