#!/usr/bin/env bash
# PostgreSQL 15 with extensions and schemas of Debian, nothing installed.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/debian-tree.sh

Makes build/postgres/debian-15, a copy of Debian's PostgreSQL 15 in which the
packages of extensions (PostGIS, pgTAP, …), the libraries that they need, and
packages of programs that bring a schema (Zabbix, Icinga, …) are unpacked:
nothing is installed, no service starts, nothing else on the machine changes.
Prints the folder as its last line. Does nothing where it is there.

The server finds what belongs to it relative to its program; libraries by
LD_LIBRARY_PATH=TREE/usr/lib/x86_64-linux-gnu.
TEXT
}

# Extensions, with the libraries that they depend on.
extensions=(
  postgresql-plperl-15 postgresql-plpython3-15 postgresql-pltcl-15
  postgresql-15-postgis-3 postgresql-15-postgis-3-scripts
  postgresql-15-pgrouting postgresql-15-pgrouting-scripts
  postgresql-15-pgtap postgresql-15-partman postgresql-15-pgq3
  postgresql-15-orafce postgresql-15-periods postgresql-15-ip4r
  postgresql-15-rum postgresql-15-rational postgresql-15-tablelog
  postgresql-15-powa
)
# Programs with a schema; only their files are of interest.
schemas=(
  bacula-director-pgsql davical libawl-php ejabberd icinga2-ido-pgsql
  mediawiki pdns-backend-pgsql prelude-manager roundcube-core tt-rss
  zabbix-server-pgsql
)

# The given packages and those that their installation would bring beside
# them; libraries that the machine has are used from there.
with_dependencies() {
  {
    printf '%s\n' "$@"
    apt-get -s install --no-install-recommends --no-upgrade "$@" |
      sed -n 's/^Inst \([^ ]*\) .*/\1/p'
  } | sort -u
}

unpack_packages() {
  local each needed
  mapfile -t needed < <(with_dependencies "${extensions[@]}")
  mkdir "$work/packages"
  (
    cd "$work/packages"
    run_logged "$log" apt-get download -q "${needed[@]}" "${schemas[@]}"
  )
  for each in "$work"/packages/*.deb; do
    dpkg-deb -x "$each" "$work/tree"
  done
}

# PostGIS can be installed in several versions; its packages' scripts make the
# plain names.
link_versions() {
  local each
  for each in "$work"/tree/usr/share/postgresql/15/extension/*-3.control; do
    ln -s "$(basename "$each")" "${each%-3.control}.control"
  done
}

# Packages that ldconfig or alternatives would make known: all libraries into
# the one folder that the server is told of.
link_libraries() {
  local folder=$work/tree/usr/lib/x86_64-linux-gnu each
  find "$work/tree/usr/lib" -name 'lib*.so.*' -not -path "$folder/lib*" |
    while read -r each; do
      ln -sf "$(realpath --relative-to="$folder" "$each")" \
        "$folder/$(basename "$each")"
    done
}

copy_server() {
  local each
  for each in usr/lib/postgresql/15 usr/share/postgresql/15; do
    mkdir -p "$work/tree/$each"
    cp -a "/$each/." "$work/tree/$each"
  done
}

main() {
  case ${1-}:$# in
    -h:1 | --help:1) show_usage_and_exit 0 ;;
    :0) ;;
    *) show_usage_and_exit 2 ;;
  esac
  store=$(postgres_store)
  log=$store/debian-15.log
  mkdir -p "$store"
  exec 9>"$store/debian.lock"
  flock 9
  if [ ! -d "$store/debian-15" ]; then
    [ -x /usr/lib/postgresql/15/bin/postgres ] ||
      fail "no PostgreSQL 15 of Debian here: run scripts/setup.sh"
    work=$(mktemp -d "$store/debian.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/tree"
    copy_server
    unpack_packages
    link_versions
    link_libraries
    find "$work/tree/usr/share" -name '*.sql.gz' -exec gunzip -kf {} +
    chmod -R go+rX "$work/tree"
    mv "$work/tree" "$store/debian-15"
  fi
  echo "$store/debian-15"
}

main "$@"
