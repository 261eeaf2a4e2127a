# Sourced by the scripts beside it: words that all of them use.
# shellcheck shell=bash

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Usage: show_usage_and_exit STATUS, where the caller defines usage().
show_usage_and_exit() {
  if [ "$1" -eq 0 ]; then usage; else usage >&2; fi
  exit "$1"
}

# Runs a command quietly; its output is shown only when it fails.
# Usage: run_logged LOGFILE COMMAND...
run_logged() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    printf '%s: failed: %s (all of its output: %s)\n' \
      "$(basename "$0")" "$*" "$log" >&2
    tail -n 60 "$log" >&2
    return 1
  fi
}

# One value of a server's env file. It is parsed, not sourced: a script that
# only looks at a server must not take over its variables.
# Usage: env_value FILE NAME
env_value() {
  sed -n "s/^$2=//p" "$1"
}

# Forgets what selects a server for libpq (PGHOST …), not what is ours
# (PGBALE_…).
unset_libpq_variables() {
  local name
  for name in "${!PG@}"; do
    case $name in PGBALE_*) ;; *) unset "$name" ;; esac
  done
}

# Makes libpq's programs talk to the server of an env file, in a version that
# can read it. Usage: use_server FILE
use_server() {
  [ -r "$1" ] || fail "no server: $1 cannot be read"
  local name
  unset_libpq_variables
  for name in PGHOST PGPORT PGUSER; do
    export "$name=$(env_value "$1" "$name")"
  done
  PATH=$(env_value "$1" TOOLDIR):$PATH
}

# PostgreSQL refuses to run as root.
as_server_user() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Where servers.sh and postgres-source.sh keep what they install and build.
postgres_store() {
  realpath -m -- "${PGBALE_POSTGRES:-$root/build/postgres}"
}

# Says which of the given programs is missing, if one is.
have_programs() {
  local program
  for program in "$@"; do
    if ! command -v "$program" >/dev/null; then
      printf '%s: no %s\n' "$(basename "$0")" "$program" >&2
      return 1
    fi
  done
}

seconds_now() {
  date +%s.%N
}

# Usage: seconds_since START
seconds_since() {
  awk -v from="$1" -v to="$(seconds_now)" \
    'BEGIN { printf "%.1f", to - from }'
}
