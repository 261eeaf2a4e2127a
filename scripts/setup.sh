#!/usr/bin/env bash
# Installs what the build, the tests and the demo need, from Debian's archive.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/setup.sh [--ci]

Installs the Debian 12 packages that are missing, with sudo when not root.
Does nothing, and needs neither network nor root, when all are there.
No PostgreSQL server is created, started, stopped or upgraded.

  --ci    also what .ci/run needs: clang, sanitizers, format, coverage, and
          what brings and builds other versions of PostgreSQL
TEXT
}

build_packages=(
  cmake ninja-build g++ ccache pkg-config python3
  libpq-dev libzstd-dev libxxhash-dev libabsl-dev libspdlog-dev libfmt-dev
  nlohmann-json3-dev libgtest-dev libgmock-dev
)
server_packages=(postgresql postgresql-contrib)
ci_packages=(
  clang clang-format clang-tidy libclang-rt-14-dev libbenchmark-dev
  gcovr shellcheck strace gnuplot-nox pgcopydb
  bison flex make perl dpkg-dev zlib1g-dev liblz4-dev openssl
)

cluster_dir=/etc/postgresql-common/createcluster.d
cluster_conf=/etc/postgresql-common/createcluster.conf
no_cluster=$cluster_dir/pgbale-setup.conf

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Prints those of the given packages that are not installed.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" \
    2>/dev/null | sed -n 's/^installed //p') || true
  printf '%s\n' "$@" | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# Server programs of any origin will do (the demo needs PostgreSQL 15): who
# has them may run a server on them, which must not be upgraded under it.
have_server_programs() {
  local program
  for program in /usr/lib/postgresql/*/bin/initdb; do
    local version=${program#/usr/lib/postgresql/}
    version=${version%%/*}
    if [ -x "$program" ] && [ "${version%%.*}" -ge 15 ]; then return 0; fi
  done
  return 1
}

# Debian creates and starts a cluster "main" with the first server package.
# A file in this folder turns that off; it is there only during the
# installation, so that later ones behave as the machine's owner expects.
forbid_main_cluster() {
  if [ -e "$cluster_conf" ] &&
    ! grep -q "^include_dir '$cluster_dir'" "$cluster_conf"; then
    fail "$cluster_conf reads no $cluster_dir, so that installing" \
      "postgresql would create a server: install it yourself"
  fi
  as_root mkdir -p "$cluster_dir"
  trap 'as_root rm -f "$no_cluster"' EXIT
  echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
}

install_packages() {
  local log=$root/build/setup.log
  echo "setup: installing $*"
  run_logged "$log" as_root apt-get update
  run_logged "$log" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends --no-upgrade "$@"
}

main() {
  local wanted=("${build_packages[@]}") missing
  case ${1-} in
    '') ;;
    --ci) wanted+=("${ci_packages[@]}") ;;
    -h | --help) show_usage_and_exit 0 ;;
    *) show_usage_and_exit 2 ;;
  esac
  have_server_programs || wanted+=("${server_packages[@]}")
  if [ "${1-}" = --ci ] && ! have_programs node npm 2>/dev/null; then
    wanted+=(nodejs npm)
  fi

  mapfile -t missing < <(missing_packages "${wanted[@]}")
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  case " ${missing[*]} " in
    *' postgresql '*) forbid_main_cluster ;;
  esac
  install_packages "${missing[@]}"
}

main "$@"
