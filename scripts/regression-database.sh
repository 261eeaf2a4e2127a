#!/usr/bin/env bash
# A server with the database that PostgreSQL's own tests leave behind.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/regression-database.sh [--empty] VERSION DIR

Starts a private server of that major version in DIR, as scripts/server.sh
does, with the database "regression": what PostgreSQL's own regression tests
(src/test/regress of Debian's source package) leave behind, several hundred
tables in every form that its authors thought of.

The tests run once, for a minute or two; the data folder that they leave is
kept in build/postgres/regression-*.tar.gz, and copied from then on. Some tests
fail on a server that is not of their own build; what they say is kept beside
it. Only the database counts.

  --empty  the same server without the database: nothing is built or run

  scripts/regression-database.sh 15 build/server
  set -a; . build/server/env; set +a; psql -d regression
  scripts/server.sh stop build/server
TEXT
}

# More than any of them takes, so that a server that hangs is an error.
readonly tests_seconds_max=1800

# 18.4 has bugs that 18.6 has mended, and whose tests end the server with all
# sessions. Both drop what they make: the database is none the poorer.
readonly tests_left_out='sqljson|hash_part'

# Debian's server where it is of that version, else the one of servers.sh.
find_programs() {
  bindir=/usr/lib/postgresql/$version/bin
  if [ ! -x "$bindir/initdb" ]; then
    "$root/scripts/servers.sh" install "$version" >&2
    # It has no psql.
    "$root/scripts/postgres-source.sh" pg_dump 18 >/dev/null
    bindir=$("$root/scripts/servers.sh" bindir "$version")
  fi
}

build_tests() {
  local log=$store/regress-$version.log part
  for part in src/backend:generated-headers src/test/regress:all; do
    run_logged "$log" make -s -C "$tree/${part%:*}" "${part#*:}"
  done
  # The server reads its modules and the data of its tests from here.
  chmod -R go+rX "$tree/src/test/regress"
}

# C functions remember where their module is: a copy serves one folder only,
# and one text of this script.
name_of_copy() {
  local server source place
  server=$("$bindir/postgres" --version | grep -oE '[0-9]+\.[0-9]+' | head -1)
  source=$(sed -n "s/^PACKAGE_VERSION='\(.*\)'/\1/p" "$tree/configure")
  place=$(cksum <<<"$tree $(cksum <"$0")")
  echo "$store/regression-$server-$source-${place%% *}"
}

# As the server's user: both write into the folder of the results.
run_tests() {
  local results schedule=parallel_schedule tools
  results=$(dirname "$PGDATA")/regress
  tools=$(env_value "$dir/env" TOOLDIR)
  as_server_user mkdir "$results"
  sed -E "s/ ($tests_left_out)( |\$)/ /" "$tree/src/test/regress/$schedule" |
    as_server_user tee "$results/$schedule" >/dev/null
  (
    cd "$tree/src/test/regress"
    as_server_user timeout "$tests_seconds_max" ./pg_regress \
      --bindir="$tools" --dlpath="$PWD" --inputdir="$PWD" \
      --outputdir="$results" --schedule="$results/$schedule" \
      --max-concurrent-tests=20 --host="$PGHOST" --port="$PGPORT" \
      --user="$PGUSER"
  ) >"$copy.log" 2>&1 || true
  if [ -e "$results/regression.diffs" ]; then
    cp "$results/regression.diffs" "$copy.diffs"
  fi
  rm -rf "$results"
  tail -n 12 "$copy.log" | grep -E 'tests (passed|failed)' >&2 ||
    fail "the regression tests did not run: $copy.log"
  # 18.4 lets a rule have this name; nobody can make it again.
  psql -qX -d regression -c 'DO $$
    BEGIN
      ALTER RULE "_RETURN" ON rtest_t4 RENAME TO renamed;
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END $$'
}

# A server in DIR whose data is kept when it is stopped: its tests are over,
# and nothing of it is in memory only.
make_copy() {
  echo "regression-database: running the tests of PostgreSQL $version" >&2
  build_tests
  "$root/scripts/server.sh" start "$dir" --bindir "$bindir"
  use_server "$dir/env"
  PGDATA=$(env_value "$dir/env" PGDATA)
  run_tests
  as_server_user "$bindir/pg_ctl" stop --silent --wait --mode=fast \
    --pgdata="$PGDATA"
  tar -C "$PGDATA" -cf - . | gzip -1 >"$copy.partial"
  mv "$copy.partial" "$copy.tar.gz"
  "$root/scripts/server.sh" stop "$dir"
}

main() {
  local empty=
  if [ "${1-}" = --empty ]; then
    empty=yes
    shift
  fi
  case ${1-}:$# in
    -h:1 | --help:1) show_usage_and_exit 0 ;;
    *:2) ;;
    *) show_usage_and_exit 2 ;;
  esac
  version=$1
  dir=$(realpath -m -- "$2")
  store=$(postgres_store)
  mkdir -p "$store"
  find_programs
  if [ -n "$empty" ]; then
    "$root/scripts/server.sh" start "$dir" --bindir "$bindir"
    return
  fi
  tree=$("$root/scripts/postgres-source.sh" tree "$version" | tail -n 1)
  copy=$(name_of_copy)
  exec 9>"$store/regression.lock"
  flock 9
  [ -e "$copy.tar.gz" ] || make_copy
  flock -u 9
  "$root/scripts/server.sh" start "$dir" --bindir "$bindir" \
    --data "$copy.tar.gz" 9>&-
}

main "$@"
