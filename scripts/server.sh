#!/usr/bin/env bash
# Private PostgreSQL servers for the tests, the demo and work by hand.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/server.sh start DIR [--version N | --bindir BIN]
                                   [--tcp | --data ARCHIVE]
                                   [--set NAME=VALUE]...
       scripts/server.sh crash DIR
       scripts/server.sh stop DIR
       scripts/server.sh status DIR

start   creates a new, empty server and writes DIR/env, which says where it
        is (PGHOST, PGPORT, PGUSER, PGDATA, BINDIR, TOOLDIR, PID, LOG). A
        server that an earlier start left in DIR is stopped and removed first.
crash   ends that server at once, as a crash would, and starts it again.
stop    ends that server and removes it with all its data.
status  says whether it runs; exit status 0 (runs) or 3 (does not).

  --version N   a server that scripts/servers.sh has installed (default:
                $PGBALE_SERVER_VERSION, if set)
  --bindir BIN  the server's programs (default: newest of
                /usr/lib/postgresql/*/bin)
  --tcp         listen on a free port of 127.0.0.1 too, with a password:
                TCP_HOST, TCP_PORT, TCP_PASSWORD in DIR/env
  --set NAME=VALUE
                a setting of its configuration file
  --data ARCHIVE
                not new and empty, but with the data folder of an earlier
                server of that version: a tar archive, compressed by gzip

TOOLDIR is where psql and pg_dump are: BIN, if it has them; else those of
/usr/lib/postgresql, if they are not older than the server; else those that
scripts/postgres-source.sh has built.

Over its socket the server trusts, but only its own user and root can reach
the socket. Data and socket are in a folder of their own below TMPDIR; if
PGBALE_SERVER_IN_RAM is set, below /dev/shm if that has 4 GiB free: a test makes
and drops databases of 300 files each, over which ext4 takes its time.

  scripts/server.sh start build/server
  set -a; . build/server/env; set +a; psql
TEXT
}

# Whatever selects a server in the caller's environment is not for us.
unset_libpq_variables
export LC_ALL=C.UTF-8

newest_bindir() {
  local newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  echo "$newest"
}

# The major version of a program of PostgreSQL.
major_of() {
  "$1" --version | sed -E 's/^[^)]*\) ([0-9]+).*/\1/'
}

# pg_dump reads servers of its own version and older ones.
find_tools() {
  local newest
  newest=$(newest_bindir)
  if [ -x "$bindir/pg_dump" ]; then
    echo "$bindir"
  elif [ -x "$newest/pg_dump" ] && [ "$(major_of "$newest/pg_dump")" -ge \
    "$(major_of "$bindir/postgres")" ]; then
    echo "$newest"
  else
    "$root/scripts/postgres-source.sh" bindir 18
  fi
}

free_port() {
  python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A new folder that the server's user owns and can reach. TMPDIR may be below
# a folder that is closed to that user, or too long for a socket's address
# (107 bytes with the socket's name, "/.s.PGSQL.NNNNN"): then /tmp.
make_home() {
  local base home bases=("${TMPDIR:-/tmp}" /tmp)
  if [ -n "${PGBALE_SERVER_IN_RAM-}" ] && [ "$(df --output=avail --block-size=G \
    /dev/shm 2>/dev/null | tail -n 1 | tr -dc 0-9)0" -ge 40 ]; then
    bases=(/dev/shm "${bases[@]}")
  fi
  for base in "${bases[@]}"; do
    home=$(mktemp -d "$base/pgbale.XXXXXX") || continue
    if [ "$(id -u)" -eq 0 ]; then chown postgres: "$home"; fi
    if [ "${#home}" -le 90 ] && as_server_user test -w "$home"; then
      echo "$home"
      return
    fi
    rmdir "$home"
  done
  fail "no folder for temporary files that user postgres can write to"
}

# Fast, not safe: the data is thrown away. The rest is what the tests ask of
# a server: many tables in a transaction, logical replication, room to sort.
write_settings() {
  local tcp=$1
  cat <<TEXT
unix_socket_directories = '$home'
listen_addresses = '$([ -z "$tcp" ] || echo 127.0.0.1)'
port = $port
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 1GB
shared_buffers = 256MB
max_connections = 100
max_locks_per_transaction = 256
wal_level = logical
$(printf '%s\n' "${settings[@]}")
TEXT
}

create_cluster() {
  local tcp=$1
  as_server_user tee "$home/password" <<<"$password" >/dev/null
  as_server_user "$bindir/initdb" --pgdata="$home/data" --username=postgres \
    --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust \
    --auth-host=scram-sha-256 --pwfile="$home/password" --no-sync \
    --no-instructions >"$home/initdb.log" 2>&1 || {
    cat "$home/initdb.log" >&2
    fail "initdb failed"
  }
  write_settings "$tcp" >>"$home/data/postgresql.conf"
}

# The last setting counts: the socket is here, not where it was.
copy_cluster() {
  as_server_user mkdir -m 700 "$home/data"
  as_server_user tar -C "$home/data" -xzf - <"$archive"
  write_settings '' >>"$home/data/postgresql.conf"
}

launch() {
  as_server_user "$bindir/pg_ctl" start --silent --wait --timeout=60 \
    --pgdata="$home/data" --log="$home/log" </dev/null >"$home/pg_ctl.log" || {
    cat "$home/log" >&2
    fail "the server does not start"
  }
}

write_env() {
  local tcp=$1
  (
    umask 077
    {
      echo "PGHOST=$home"
      echo "PGPORT=$port"
      echo "PGUSER=postgres"
      echo "PGDATA=$home/data"
      echo "BINDIR=$bindir"
      echo "TOOLDIR=$tools"
      echo "PID=$(head -n 1 "$home/data/postmaster.pid")"
      echo "LOG=$home/log"
      if [ -n "$tcp" ]; then
        echo "TCP_HOST=127.0.0.1"
        echo "TCP_PORT=$port"
        echo "TCP_PASSWORD=$password"
      fi
    } >"$dir/env"
  )
}

# The number of a process alone proves nothing: it may have been given to
# another one since. Ours names the data folder on its command line.
runs() {
  local pid data
  pid=$(env_value "$dir/env" PID)
  data=$(env_value "$dir/env" PGDATA)
  [ -r "/proc/$pid/cmdline" ] &&
    tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "-D $data "
}

start() {
  local tcp=$1
  tools=$(find_tools)
  stop
  mkdir -p "$dir"
  home=$(make_home)
  # A start that fails half-way leaves nothing behind.
  trap 'as_server_user "$bindir/pg_ctl" stop --silent --mode=immediate \
    --pgdata="$home/data" >/dev/null 2>&1 || true; rm -rf "$home"' EXIT
  cd "$home"
  port=5432
  if [ -n "$tcp" ]; then port=$(free_port); fi
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  if [ -n "$archive" ]; then copy_cluster; else create_cluster "$tcp"; fi
  launch
  write_env "$tcp"
  trap - EXIT
}

stop() {
  [ -e "$dir/env" ] || return 0
  local data home pg_ctl
  data=$(env_value "$dir/env" PGDATA)
  home=${data%/data}
  pg_ctl=$(env_value "$dir/env" BINDIR)/pg_ctl
  if runs; then
    cd "$home"
    as_server_user "$pg_ctl" stop --silent --wait --timeout=30 \
      --mode=fast --pgdata="$data" ||
      as_server_user "$pg_ctl" stop --silent --wait --timeout=30 \
        --mode=immediate --pgdata="$data"
    cd /
  fi
  # Only ever a folder that make_home has made.
  case $home in
    */pgbale.??????) rm -rf "$home" ;;
  esac
  rm -f "$dir/env"
  rmdir "$dir" 2>/dev/null || true
}

crash() {
  [ -e "$dir/env" ] || fail "no server in $dir"
  data=$(env_value "$dir/env" PGDATA)
  home=${data%/data}
  bindir=$(env_value "$dir/env" BINDIR)
  cd "$home"
  as_server_user "$bindir/pg_ctl" stop --silent --wait --timeout=30 \
    --mode=immediate --pgdata="$data"
  launch
  sed -i "s/^PID=.*/PID=$(head -n 1 "$data/postmaster.pid")/" "$dir/env"
}

status() {
  if [ -e "$dir/env" ] && runs; then
    echo "runs: PGHOST=$(env_value "$dir/env" PGHOST)" \
      "PGPORT=$(env_value "$dir/env" PGPORT) PID=$(env_value "$dir/env" PID)"
  else
    echo "no server runs in $dir"
    exit 3
  fi
}

main() {
  local command=${1-} tcp=''
  case $command in
    -h | --help) show_usage_and_exit 0 ;;
    start | crash | stop | status) ;;
    *) show_usage_and_exit 2 ;;
  esac
  [ -n "${2-}" ] || show_usage_and_exit 2
  dir=$(realpath -m -- "$2")
  shift 2
  bindir=
  archive=
  settings=()
  version=${PGBALE_SERVER_VERSION-}
  while [ $# -gt 0 ]; do
    case $1 in
      --version) version=${2:?--version needs a number} && shift ;;
      --bindir)
        bindir=$(realpath -- "${2:?--bindir needs a folder}") && shift
        ;;
      --set) settings+=("${2:?--set needs NAME=VALUE}") && shift ;;
      --tcp) tcp=yes ;;
      --data)
        archive=$(realpath -- "${2:?--data needs an archive}") && shift
        ;;
      *) show_usage_and_exit 2 ;;
    esac
    shift
  done
  if [ "$command" = start ]; then
    [ -z "$archive" ] || [ -z "$tcp" ] || show_usage_and_exit 2
    if [ -z "$bindir" ] && [ -n "$version" ]; then
      bindir=$("$root/scripts/servers.sh" bindir "$version")
    fi
    [ -n "$bindir" ] || bindir=$(newest_bindir)
    [ -x "$bindir/initdb" ] ||
      fail "no PostgreSQL server programs in $bindir: run scripts/setup.sh"
    start "$tcp"
  else
    "$command"
  fi
}

main "$@"
