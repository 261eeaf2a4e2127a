#!/usr/bin/env bash
# PostgreSQL's own programs, built from Debian's source packages: pg_dump of a
# version that Debian 12 has not, and trees for PostgreSQL's own tests.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/postgres-source.sh pg_dump VERSION
       scripts/postgres-source.sh tree VERSION
       scripts/postgres-source.sh bindir VERSION

pg_dump  builds pg_dump, pg_restore, pg_dumpall and psql of that major version
         (15, 17 or 18) into build/postgres/tools-VERSION
tree     only unpacks and configures the source, in
         build/postgres/source-VERSION: build in it what you need
         (make -C src/test/regress)
bindir   prints where the programs of an earlier `pg_dump VERSION` are

The first two print the folder (of the programs, of the source) as their last
line. What is there already is not made again. The source comes from Debian
(bookworm, trixie, sid) by an apt whose configuration and state are a folder
of ours: nothing of the machine's own apt is read or changed.

PGBALE_POSTGRES names another folder than build/postgres, which several
working copies may share.
TEXT
}

mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

suite_of() {
  case $1 in
    15) echo bookworm ;;
    17) echo trixie ;;
    18) echo sid ;;
    *) fail "no source of version $1 here: there are 15, 17 and 18" ;;
  esac
}

# apt-get that knows one suite's sources. Usage: private_apt DIR ARGUMENT...
private_apt() {
  local dir=$1
  shift
  apt-get -o Dir::Etc="$dir/etc" -o Dir::Etc::Parts=/dev/null \
    -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$dir/state" \
    -o Dir::State::status="$dir/state/status" -o Dir::Cache="$dir/cache" \
    -o APT::Sandbox::User=root -o APT::Architecture=amd64 -q -y "$@"
}

configure_apt() {
  local dir=$1 suite=$2
  mkdir -p "$dir/etc" "$dir/state/lists/partial" \
    "$dir/cache/archives/partial"
  touch "$dir/state/status"
  echo "deb-src [signed-by=$keyring] $mirror $suite main" \
    >"$dir/etc/sources.list"
}

# Into a folder of its own first: what has its name is whole.
unpack() {
  local version=$1 suite work
  suite=$(suite_of "$version")
  echo "postgres-source: getting PostgreSQL $version from Debian $suite" >&2
  work=$(mktemp -d "$store/unpack.XXXXXX")
  configure_apt "$work/apt" "$suite"
  (
    cd "$work"
    run_logged "$store/source-$version.log" private_apt "$work/apt" update
    run_logged "$store/source-$version.log" \
      private_apt "$work/apt" source "postgresql-$version"
  )
  mv "$work/postgresql-$version-"*/ "$store/source-$version"
  rm -rf "$work"
}

# pg_dump with every compression that it can have: a peer of the benchmarks.
configure() {
  local version=$1 compiler=gcc
  have_programs gcc make bison flex perl pkg-config ||
    fail "run scripts/setup.sh --ci"
  if command -v ccache >/dev/null; then compiler='ccache gcc'; fi
  echo "postgres-source: configuring PostgreSQL $version" >&2
  (
    cd "$store/source-$version"
    run_logged "$store/configure-$version.log" ./configure \
      --prefix="$store/tools-$version" --without-readline --without-icu \
      --with-lz4 --with-zstd CC="$compiler"
  )
  # Servers do not run as root, and their tests read from here.
  chmod -R go+rX "$store/source-$version"
  touch "$store/source-$version/.configured"
}

tree() {
  local version=$1
  [ -d "$store/source-$version" ] || unpack "$version"
  [ -e "$store/source-$version/.configured" ] || configure "$version"
}

build_programs() {
  local version=$1 log=$store/build-$1.log part
  if [ -e "$store/tools-$version/.built" ]; then return; fi
  tree "$version"
  echo "postgres-source: building pg_dump and psql $version" >&2
  # The headers first: the parts below, each for itself, would make them at
  # the same time.
  run_logged "$log" make -C "$store/source-$version/src/backend" -s \
    generated-headers
  for part in src/interfaces/libpq src/bin/pg_dump src/bin/psql; do
    run_logged "$log" make -C "$store/source-$version/$part" -s -j"$(nproc)" \
      install
  done
  chmod -R go+rX "$store/tools-$version"
  touch "$store/tools-$version/.built"
}

main() {
  local command=${1-} version=${2-}
  case $command:$# in
    pg_dump:2 | tree:2 | bindir:2) ;;
    -h:1 | --help:1) show_usage_and_exit 0 ;;
    *) show_usage_and_exit 2 ;;
  esac
  suite_of "$version" >/dev/null
  store=$(postgres_store)
  if [ "$command" = bindir ]; then
    [ -e "$store/tools-$version/.built" ] ||
      fail "not built: scripts/postgres-source.sh pg_dump $version"
    echo "$store/tools-$version/bin"
    return
  fi
  mkdir -p "$store"
  exec 9>"$store/source.lock"
  flock 9
  rm -rf "$store"/unpack.??????
  if [ "$command" = tree ]; then
    tree "$version"
    echo "$store/source-$version"
  else
    build_programs "$version"
    echo "$store/tools-$version/bin"
  fi
}

main "$@"
