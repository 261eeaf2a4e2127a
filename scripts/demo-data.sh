#!/usr/bin/env bash
# Fills a database with real data in a schema of many kinds of objects.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/demo-data.sh --database NAME [--connection-env DIR/env]
                            [--packages N]

Creates database NAME unless it exists, and fills it from Debian's package
index as this machine's apt has it (some 60 000 packages, 350 000 relations
between them, 400 files as large objects). It creates the roles demo_owner,
demo_writer and demo_reader where they are missing.

  --connection-env FILE  the server: a file that scripts/server.sh has
                         written (default: what the PG* variables say)
  --packages N           a smaller cut: N packages of the whole index
TEXT
}

as_superuser() {
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$@"
}

# A machine without package lists (a fresh container) has an index of what is
# installed only.
ensure_index() {
  if [ "$(apt-cache dumpavail | grep -c '^Filename:')" -ge 1000 ]; then
    return
  fi
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  run_logged "$root/build/apt-update.log" "${sudo[@]}" apt-get update
}

create_database() {
  local exists
  exists=$(as_superuser --dbname=postgres --tuples-only --no-align \
    --set=name="$database" \
    <<<"SELECT 1 FROM pg_database WHERE datname = :'name'")
  if [ -z "$exists" ]; then
    as_superuser --dbname=postgres --set=name="$database" <<<"CREATE
      DATABASE :\"name\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
  fi
}

# Everything is one transaction, and its COMMIT is sent only when all before
# it has come: the database is filled or as it was.
write_sql() {
  echo 'BEGIN;' &&
    cat "$root/scripts/demo-schema.sql" &&
    apt-cache dumpavail | "$root/scripts/demo-index.py" "${cut[@]}" &&
    cat "$root/scripts/demo-derive.sql" &&
    echo 'COMMIT;'
}

fill() {
  write_sql | PGCLIENTENCODING=UTF8 as_superuser --dbname="$database" \
    --output=/dev/null
}

main() {
  local env_file=''
  database=
  cut=()
  while [ $# -gt 0 ]; do
    case $1 in
      --connection-env) env_file=${2:?$1 needs a file} && shift ;;
      --database) database=${2:?$1 needs a name} && shift ;;
      --packages)
        cut=(--packages "${2:?$1 needs a number}" --files 40) && shift
        ;;
      -h | --help) show_usage_and_exit 0 ;;
      *) show_usage_and_exit 2 ;;
    esac
    shift
  done
  [ -n "$database" ] || show_usage_and_exit 2

  if [ -n "$env_file" ]; then use_server "$env_file"; fi
  ensure_index
  create_database
  fill
}

main "$@"
