#!/usr/bin/env bash
# The main job, from nothing: dump real data, verify, restore, prove it equal.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/demo.sh [--packages N]

Installs what is missing, builds pgbale, starts a private PostgreSQL server,
fills a database with Debian's package index, dumps it into a bale, verifies
and lists the bale, restores it into an empty database, and shows that both
databases are equal, beside the times of pg_dump and pg_restore. Stops at
the first thing that is not as it should be. Leaves nothing behind but the
build; no other server is touched.

  --packages N  a smaller database: N packages of some 63 000
TEXT
}

steps=0

step() {
  steps=$((steps + 1))
  printf '\n%d. %s\n' "$steps" "$*"
}

# Runs a command as the user would type it, and keeps its seconds in
# `seconds`. What it prints is shown indented.
timed() {
  local start
  start=$(seconds_now)
  "$@" >"$work/output" 2>&1 || {
    cat "$work/output"
    fail "failed: $*"
  }
  seconds=$(seconds_since "$start")
}

show() {
  printf '   $ %s\n' "$*"
}

show_output() {
  sed 's/^/   /' "$work/output"
}

clean_up() {
  "$root/scripts/server.sh" stop "$work/server"
  rm -rf "$work"
}

build() {
  run_logged "$root/build/demo-build.log" cmake -S "$root" --preset release
  run_logged "$root/build/demo-build.log" \
    cmake --build "$root/build/release" --target pgbale
  pgbale=$root/build/release/pgbale
}

# Usage: pgbale_step WORDS... : one call of pgbale, shown and timed. Runs in
# $work, so that names of files are as short as in the text.
pgbale_step() {
  show "pgbale $*"
  cd "$work"
  timed "$pgbale" "$@"
  cd "$root"
}

megabytes() {
  awk -v bytes="$(stat -c %s "$1")" 'BEGIN { printf "%.1f", bytes / 1e6 }'
}

list_bale() {
  pgbale_step list demo.bale
  head -n 25 "$work/output" >"$work/first"
  sed 's/^/   /' "$work/first"
  echo "   … $(wc -l <"$work/output") lines"
}

# What pg_dump and pg_restore take for the same, on the same server.
measure_peer() {
  timed pg_dump --format=custom --file="$work/demo.dump" demo
  peer_dump=$seconds
  createdb --template=template0 demo_peer
  timed pg_restore --jobs=2 --dbname=demo_peer "$work/demo.dump"
  peer_restore=$seconds
  dropdb demo_peer
}

# Usage: table_row TOOL DUMP_SECONDS ARCHIVE_MB RESTORE_SECONDS
table_row() {
  printf '   %-28s %8s %11s %10s\n' "$@"
}

main() {
  local cut=() dumped restored
  case ${1-} in
    '') ;;
    --packages) cut=(--packages "${2:?$1 needs a number}") ;;
    -h | --help) show_usage_and_exit 0 ;;
    *) show_usage_and_exit 2 ;;
  esac

  step "set up and build"
  "$root/scripts/setup.sh"
  build
  work=$(mktemp -d)
  trap clean_up EXIT

  step "start a private server, load Debian's package index"
  "$root/scripts/server.sh" start "$work/server"
  use_server "$work/server/env"
  timed "$root/scripts/demo-data.sh" --database demo "${cut[@]}"
  psql --no-psqlrc -qAtd demo -c "SELECT format('   %s packages, '
    '%s relations, %s large objects, %s',
    (SELECT count(*) FROM archive.package),
    (SELECT count(*) FROM archive.relation),
    (SELECT count(*) FROM documents.file),
    pg_size_pretty(pg_database_size(current_database())))"

  step "dump"
  pgbale_step dump -j 2 -d demo -f demo.bale
  dumped=$seconds
  show_output

  step "verify"
  pgbale_step verify demo.bale
  show_output

  step "list"
  list_bale

  step "restore into an empty database"
  createdb --template=template0 demo_copy
  pgbale_step restore -j 2 -d demo_copy demo.bale
  restored=$seconds
  show_output

  step "compare the source and the copy"
  timed "$root/scripts/compare-databases.sh" demo demo_copy
  show_output

  step "beside pg_dump and pg_restore ($(pg_dump --version))"
  measure_peer
  table_row '' 'dump s' 'archive MB' 'restore s'
  table_row 'pgbale -j 2' "$dumped" "$(megabytes "$work/demo.bale")" \
    "$restored"
  table_row 'pg_dump -Fc, pg_restore -j2' "$peer_dump" \
    "$(megabytes "$work/demo.dump")" "$peer_restore"

  printf '\nThe copy is equal to the source.\n'
}

main "$@"
