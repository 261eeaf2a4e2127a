#!/usr/bin/env bash
# Builds and tests; the last line counts the tests.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/test.sh [--preset NAME] [--label unit|pg] [-R REGEX]
                       [-E REGEX]
       scripts/test.sh --servers VERSION[,VERSION...] [--preset NAME]
                       [-R REGEX] [-E REGEX]

Installs what is missing, builds, starts a private PostgreSQL server if a
test needs one, and runs the tests. The last line is "N passed, N failed";
the exit status is 0 only if tests were run and all of them passed.

  --preset NAME  release (default), dev, asan, tsan or coverage
  --label LABEL  unit: tests without a server; pg: those with one
  -R REGEX       only tests whose name matches
  -E REGEX       no tests whose name matches
  --servers LIST instead of the tests above: those of the catalog and of round
                 trips on each of these versions (scripts/servers.sh installs
                 them), and then those that restore from each of them into
                 newer ones: --servers 14,15,16,17,18
  --between LIST from each of these versions into newer ones, whatever
                 --servers says
TEXT
}

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
export PGBALE_SERVER_IN_RAM=yes

# Debian's libtsan stops with "unexpected memory mapping" where the kernel
# spreads addresses wider than it expects (vm.mmap_rnd_bits above 28): there,
# the build (which asks the tests for their names) and the tests run with
# addresses that are not spread.
choose_launcher() {
  launcher=()
  [ "$preset" = tsan ] || return 0
  mkdir -p "$build"
  echo 'int main() {}' |
    g++ -fsanitize=thread -x c++ - -o "$build/tsan-probe"
  "$build/tsan-probe" 2>/dev/null || launcher=(setarch --addr-no-randomize)
}

build() {
  cd "$root"
  # CMake's glob of sources is read again by the build itself.
  "${launcher[@]}" cmake --preset "$preset" >"$build.configure.log" 2>&1 || {
    cat "$build.configure.log"
    return 1
  }
  "${launcher[@]}" cmake --build --preset "$preset"
}

# Usage: run_ctest RESULTS OPTION...
run_ctest() {
  local file=$1
  shift
  rm -f "$file"
  results+=("$file")
  "${launcher[@]}" ctest --test-dir "$build" -j2 --output-on-failure \
    --no-tests=error --output-junit "$file" "${selection[@]}" "$@" || true
}

stop_servers() {
  "$root/scripts/server.sh" stop "$build/test-server"
  "$root/scripts/servers.sh" stop "$build/test-servers"
}

install_servers() {
  "$root/scripts/servers.sh" install "$@"
  # The judge of all that Debian's own pg_dump cannot read.
  "$root/scripts/postgres-source.sh" pg_dump 18 >/dev/null
}

# ctest starts servers as fixtures of the tests that need them.
run_tests() {
  # Interrupted, ctest does not stop them.
  trap stop_servers EXIT
  if [ "${#versions[@]}${#between[@]}" = 00 ]; then
    run_ctest "$build/tests.xml" -LE '^versions$'
    return
  fi
  local version
  for version in "${versions[@]}"; do
    printf '\n--- PostgreSQL %s\n' "$version"
    PGBALE_SERVER_VERSION=$version \
      run_ctest "$build/tests-$version.xml" -L '^pg-catalog$'
  done
  if [ "${#between[@]}" -gt 1 ]; then
    printf '\n--- from version to version\n'
    PGBALE_SERVER_VERSIONS=${between[*]} \
      run_ctest "$build/tests-versions.xml" -L '^versions$'
  fi
}

main() {
  preset=release
  selection=()
  versions=()
  between=()
  results=()
  while [ $# -gt 0 ]; do
    case $1 in
      --preset) preset=${2:?$1 needs a name} && shift ;;
      --label) selection+=(-L "^${2:?$1 needs a name}") && shift ;;
      -R | -E) selection+=("$1" "${2:?$1 needs a regex}") && shift ;;
      --servers)
        IFS=, read -r -a versions <<<"${2:?$1 needs versions}" && shift
        ;;
      --between)
        IFS=, read -r -a between <<<"${2:?$1 needs versions}" && shift
        ;;
      -h | --help) show_usage_and_exit 0 ;;
      *) show_usage_and_exit 2 ;;
    esac
    shift
  done
  build=$root/build/$preset
  mkdir -p "$root/build"

  "$root/scripts/setup.sh"
  choose_launcher
  [ "${#between[@]}" -gt 0 ] || between=("${versions[@]}")
  if [ "${#between[@]}" -gt 0 ]; then
    install_servers "${versions[@]}" "${between[@]}"
  fi
  # Without a build there is no result: one failure.
  if build; then run_tests; else results=("$build/no-build"); fi
  "$root/scripts/count-tests.py" "${results[@]}"
}

main "$@"
