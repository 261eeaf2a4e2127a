#!/usr/bin/env bash
# Builds and tests; the last line counts the tests.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/test.sh [--preset NAME] [--label unit|pg] [-R REGEX]

Installs what is missing, builds, starts a private PostgreSQL server if a
test needs one, and runs the tests. The last line is "N passed, N failed";
the exit status is 0 only if tests were run and all of them passed.

  --preset NAME  release (default), dev, asan, tsan or coverage
  --label LABEL  unit: tests without a server; pg: those with one
  -R REGEX       only tests whose name matches
TEXT
}

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

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

# ctest starts the server as a fixture of the tests that need one.
run_tests() {
  # Interrupted, ctest does not stop it.
  trap '"$root/scripts/server.sh" stop "$build/test-server"' EXIT
  "${launcher[@]}" ctest --test-dir "$build" -j2 --output-on-failure \
    --no-tests=error --output-junit "$results" "${selection[@]}"
}

main() {
  preset=release
  selection=()
  while [ $# -gt 0 ]; do
    case $1 in
      --preset) preset=${2:?$1 needs a name} && shift ;;
      --label) selection+=(-L "^${2:?$1 needs a name}\$") && shift ;;
      -R) selection+=(-R "${2:?$1 needs a regex}") && shift ;;
      -h | --help) show_usage_and_exit 0 ;;
      *) show_usage_and_exit 2 ;;
    esac
    shift
  done
  build=$root/build/$preset
  results=$build/tests.xml
  mkdir -p "$root/build"

  "$root/scripts/setup.sh"
  choose_launcher
  rm -f "$results"
  if build; then run_tests || true; fi
  "$root/scripts/count-tests.py" "$results"
}

main "$@"
