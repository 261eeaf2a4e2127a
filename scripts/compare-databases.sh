#!/usr/bin/env bash
# The judge: says whether two databases of one server are equal.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/compare-databases.sh [--connection-env DIR/env] ONE OTHER

Compares, and shows the first differences of each:
  - what pg_dump --schema-only prints, as text
  - rows of every table (count and digest), sequences, large objects
Exit status 0: equal; 1: not equal; 2: they could not be compared.

  --connection-env FILE  the server: a file that scripts/server.sh has
                         written (default: what the PG* variables say)
TEXT
}

# The key of \restrict is random in every dump.
definitions() {
  pg_dump --schema-only --dbname="$1" | sed -E '/^\\(un)?restrict /d'
}

contents() {
  psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname="$1" \
    --file="$root/scripts/fingerprint.sql"
}

# Usage: compare WHAT ONE OTHER, where WHAT is one of the functions above.
compare() {
  local what=$1
  "$what" "$2" >"$work/one" && "$what" "$3" >"$work/other" || exit 2
  [ -s "$work/one" ] || fail "$2 has no $what"
  if diff -U 1 --label "$2" --label "$3" "$work/one" "$work/other" \
    >"$work/diff"; then
    echo "$what: equal ($(wc -l <"$work/one") lines)"
  else
    echo "$what: NOT EQUAL"
    head -n 40 "$work/diff"
    equal=no
  fi
}

main() {
  if [ "${1-}" = --connection-env ]; then
    use_server "${2:?$1 needs a file}"
    shift 2
  fi
  case ${1-} in
    -h | --help) show_usage_and_exit 0 ;;
  esac
  [ $# -eq 2 ] || show_usage_and_exit 2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  equal=yes
  compare definitions "$1" "$2"
  compare contents "$1" "$2"
  [ "$equal" = yes ]
}

main "$@"
