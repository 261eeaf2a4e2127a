#!/bin/sh
# Makes the roles and tablespaces of fixtures/globals.sql on a server.
# Usage: create-globals.sh DIR, where scripts/server.sh has started it
set -eu
fixtures=$(dirname "$0")/../fixtures
set -a
# shellcheck source=/dev/null
. "$1/env"
exec "$TOOLDIR/psql" --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
  --dbname=postgres --file="$fixtures/globals.sql"
